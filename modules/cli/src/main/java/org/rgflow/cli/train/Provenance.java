package org.rgflow.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.rgflow.cli.machine.Backend;
import org.rgflow.spark.run.RunFolder;

/** By what a run was made: a line of {@code provenance.jsonl} for each start. */
final class Provenance {
  private static final String BUILD = "build.properties";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Provenance() {}

  /** Adds the line of this start to a run's folder. */
  static void append(RunFolder run, List<String> commandLine) {
    String before =
        run.read(RunFolder.PROVENANCE)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("");
    String line = line(Backend.loaded(), commandLine).toString();
    run.write(RunFolder.PROVENANCE, (before + line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode line(Backend backend, List<String> commandLine) {
    Properties build = build();
    ObjectNode line = JSON.createObjectNode();
    line.put("started", Instant.now().toString());
    line.put("rgflow", build.getProperty("version"));
    line.put("revision", build.getProperty("revision"));
    line.put("java", Runtime.version().toString());
    line.put("backend", backend.toString());
    line.put("onednn", backend.hasOneDnn());
    line.put("driver_threads", backend.threads());
    line.put("driver_cores", Runtime.getRuntime().availableProcessors());
    commandLine.forEach(line.putArray("command_line")::add);
    return line;
  }

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream in = Provenance.class.getResourceAsStream(BUILD)) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build;
  }
}
