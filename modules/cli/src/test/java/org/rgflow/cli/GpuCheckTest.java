package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts for GPUs, with an nvidia-smi and a spark-submit in the place of the real ones. */
class GpuCheckTest {
  private static final Path CUDA = Path.of("../../deploy/cuda").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @BeforeEach
  void putCommands() throws IOException {
    script("bin/nvidia-smi", "printf '0\\n1\\n'");
    script(
        "spark/bin/spark-submit",
        "case \"$*\" in",
        "*broken.jar*verify*) echo 'a.npz x 1 FAIL'; echo '1 of 2 arrays agree'; exit 1 ;;",
        "*verify*) echo '2 of 2 arrays agree' ;;",
        "*cpu.jar*W1*) echo '{\"workload\":\"W1\",\"seconds_min\":2.5,\"x\":1}' ;;",
        "*W1*) echo '{\"workload\":\"W1\",\"seconds_min\":5.0E-1,\"x\":1}' ;;",
        "esac");
    for (String jar : List.of("cpu.jar", "cuda.jar", "broken.jar")) {
      Files.writeString(folder.resolve(jar), "");
    }
  }

  private void script(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Ended run(String name, Map<String, String> settings) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("SPARK_HOME", folder.resolve("spark").toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("RGFLOW_CPU_JAR", folder.resolve("cpu.jar").toString());
    environment.putAll(settings);
    return Ended.run(folder.resolve("out"), environment, List.of(CUDA.resolve(name).toString()));
  }

  private Ended check(String cudaJar) throws Exception {
    return run("gpu-check", Map.of("RGFLOW_CUDA_JAR", folder.resolve(cudaJar).toString()));
  }

  @Test
  void gpusAreFoundAsSparkAsksForThem() throws Exception {
    Ended ended = run("discover-gpus", Map.of());
    assertThat(new ObjectMapper().readValue(ended.out(), Object.class))
        .isEqualTo(Map.of("name", "gpu", "addresses", List.of("0", "1")));
    assertThat(ended.status()).isZero();
  }

  @Test
  void aMachineWithoutADriverIsOneLine() throws Exception {
    Ended ended = run("discover-gpus", Map.of("PATH", "/usr/bin:/bin"));
    assertThat(ended.out()).hasLineCount(1).contains("no nvidia-smi on PATH");
    assertThat(ended.status()).isEqualTo(1);
  }

  @Test
  void theRatioIsOfBothJarsFastestCalls() throws Exception {
    Ended ended = check("cuda.jar");
    assertThat(ended.out().lines())
        .containsExactly(
            "float64: 2 of 2 arrays agree",
            "float32: 2 of 2 arrays agree",
            "W1: GPU 0.500 s, one thread of the processor 2.500 s, ratio 5.0");
    assertThat(ended.status()).isZero();
  }

  @Test
  void numbersThatDoNotAgreeAreShownAndEndWithOne() throws Exception {
    Ended ended = check("broken.jar");
    assertThat(ended.out().lines())
        .startsWith("a.npz x 1 FAIL", "float64: 1 of 2 arrays agree")
        .last()
        .asString()
        .startsWith("W1: GPU");
    assertThat(ended.status()).isEqualTo(1);
  }

  @Test
  void aMissingJarIsOneLineThatSaysHowToBuildIt() throws Exception {
    Ended ended = check("none.jar");
    assertThat(ended.out()).hasLineCount(1).contains("none.jar: build it by mvn -Pcuda");
    assertThat(ended.status()).isEqualTo(2);
  }
}
