package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn -Pcuda} would put in the one jar, by Maven's own account; nothing is built. */
class CudaBuildIT {
  @TempDir private Path folder;

  @Test
  void theJarForGpusHasTheNativesOfCudaAloneWithCudnn() throws IOException {
    Path tree = folder.resolve("tree");
    String goal = "org.apache.maven.plugins:maven-dependency-plugin:tree";
    try (ChildProcess maven =
        ChildProcess.start(
            "maven",
            folder,
            Map.of(),
            List.of(
                "mvn",
                "-B",
                "-ntp",
                "-Pcuda",
                "-f",
                Built.root().resolve("pom.xml").toString(),
                "-pl",
                "modules/runtime",
                "-am",
                goal,
                "-DoutputFile=" + tree))) {
      assertThat(maven.status()).as(maven::out).isZero();
    }
    List<String> natives =
        Files.readAllLines(tree).stream()
            .map(line -> line.replaceAll("^[^a-z]*", ""))
            .filter(
                line ->
                    line.matches("org\\.(nd4j|bytedeco):(nd4j-native|nd4j-cuda|cuda|openblas).*"))
            .filter(
                line -> !line.contains("-preset:") && !line.startsWith("org.nd4j:nd4j-native-api:"))
            .toList();
    assertThat(natives)
        .containsExactlyInAnyOrder(
            "org.nd4j:nd4j-cuda-11.6:jar:1.0.0-M2.1:runtime",
            "org.nd4j:nd4j-cuda-11.6:jar:linux-x86_64-cudnn:1.0.0-M2.1:runtime",
            "org.bytedeco:cuda:jar:11.6-8.3-1.5.7:runtime",
            "org.bytedeco:cuda:jar:linux-x86_64:11.6-8.3-1.5.7:runtime");
  }
}
