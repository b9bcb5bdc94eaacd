package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Headless Chromium, Debian's package, as a process that opens one page and ends. */
public final class Browser {
  private static final int SECONDS = 60;

  private Browser() {}

  /**
   * What became of a page.
   *
   * @param dom after its scripts have run, as HTML
   * @param console lines that it wrote
   * @param requests that it made besides itself
   */
  public record Opened(String dom, List<String> console, List<String> requests) {}

  /** Whether this machine has it. */
  public static boolean isInstalled() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "chromium")));
  }

  /** Opens a page. */
  public static Opened open(Path page, Path scratch) throws IOException, InterruptedException {
    Files.createDirectories(scratch);
    Path dom = scratch.resolve("dom.html");
    Path log = scratch.resolve("chromium.log");
    Path network = scratch.resolve("network.json");
    Process chromium =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND", // its own requests, too, stay here
                "--enable-logging=stderr",
                "--user-data-dir=" + scratch.resolve("profile"),
                "--log-net-log=" + network,
                "--virtual-time-budget=5000",
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    if (!chromium.waitFor(SECONDS, TimeUnit.SECONDS)) {
      chromium.destroyForcibly();
      throw new IllegalStateException("chromium took more than " + SECONDS + " s");
    }
    List<String> console =
        Files.readAllLines(log).stream().filter(line -> line.contains("CONSOLE")).toList();
    return new Opened(Files.readString(dom), console, requests(network));
  }

  /** Those of the browser itself have an initiator that is no origin. */
  private static List<String> requests(Path network) throws IOException {
    List<String> requests = new ArrayList<>();
    for (JsonNode event : new ObjectMapper().readTree(network.toFile()).path("events")) {
      JsonNode params = event.path("params");
      if (params.has("initiator") && !params.path("initiator").asText().equals("not an origin")) {
        requests.add(params.path("url").asText());
      }
    }
    return requests;
  }
}
