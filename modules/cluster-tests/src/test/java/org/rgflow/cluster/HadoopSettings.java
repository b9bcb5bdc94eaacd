package org.rgflow.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Hadoop's settings, in each of the forms that its users take. */
final class HadoopSettings {
  private HadoopSettings() {}

  /** A {@code *-site.xml}. */
  static void write(Map<String, String> settings, Path file) {
    String properties =
        settings.entrySet().stream()
            .map(
                setting ->
                    "<property><name>%s</name><value>%s</value></property>\n"
                        .formatted(setting.getKey(), setting.getValue()))
            .collect(Collectors.joining());
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "<configuration>\n" + properties + "</configuration>\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Options of spark-submit. */
  static List<String> options(Map<String, String> settings) {
    return settings.entrySet().stream()
        .flatMap(
            setting ->
                Stream.of("--conf", "spark.hadoop." + setting.getKey() + "=" + setting.getValue()))
        .toList();
  }
}
