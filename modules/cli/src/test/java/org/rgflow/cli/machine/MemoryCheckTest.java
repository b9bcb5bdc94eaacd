package org.rgflow.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCheckTest {
  private static final long MIB = 1L << 20;

  private static Finding check(long heap, long offHeap, long resident, long limit) {
    return MemoryCheck.of(
        "executor 1",
        new ProcessMemory(heap * MIB, offHeap * MIB, resident * MIB),
        limit * MIB,
        "spark.executor.memoryOverhead");
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 2048,    0, 4096, OK",
    "1024, 2560,    0, 4096, OK",
    "1024, 2561,    0, 4096, FAILURE",
    "1024, 2561, 3800, 4096, WARNING",
    "1024, 2561, 4096, 4096, FAILURE",
    "1024,    0,    0, 4096, FAILURE",
    "4096, 1024, 3800, 4096, WARNING"
  })
  void aProcessThatMayOutgrowItsLimitIsToldOfBeforeItIsKilled(
      long heap, long offHeap, long resident, long limit, Finding.Verdict verdict) {
    Finding found = check(heap, offHeap, resident, limit);
    assertThat(found.verdict()).isEqualTo(verdict);
    assertThat(found.remedy().isEmpty()).isEqualTo(verdict == Finding.Verdict.OK);
  }

  @Test
  void theRemedyNamesASizeThatFits() {
    Finding found = check(1024, 8192, 0, 4096);
    assertThat(found.remedy())
        .contains("maxbytes to 2560m", "raise spark.executor.memoryOverhead", "maxphysicalbytes");
    assertThat(check(1024, 2560, 0, 4096).verdict()).isEqualTo(Finding.Verdict.OK);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 16, 64})
  void thePresetsOfDeployAreAllRight(int gibibytes) throws IOException {
    Properties preset = new Properties();
    Path file = Path.of("../../deploy/memory/executor-" + gibibytes + "g.conf");
    try (Reader in = Files.newBufferedReader(file)) {
      preset.load(in);
    }
    SparkConf conf = new SparkConf(false).setMaster("yarn");
    preset.stringPropertyNames().forEach(key -> conf.set(key, preset.getProperty(key)));
    Container executor = new Container(conf, "executor");
    assertThat(executor.limit()).isEqualTo(gibibytes * 1024 * MIB);
    assertThat(warnings(conf)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "yarn,        client,  true,  false",
    "yarn,        cluster, true,  true",
    "k8s://h:1,   cluster, true,  true",
    "local[2],    client,  false, false",
    "spark://h:1, cluster, false, false"
  })
  void resourceManagersKillProcessesThatTheyStarted(
      String master, String mode, boolean executors, boolean driver) {
    SparkConf conf = new SparkConf(false).setMaster(master).set("spark.submit.deployMode", mode);
    assertThat(new Container(conf, "executor").exists()).isEqualTo(executors);
    assertThat(new Container(conf, "driver").exists()).isEqualTo(driver);
    assertThat(warnings(conf).isEmpty()).isEqualTo(!executors);
  }

  @ParameterizedTest
  @CsvSource({"1g, , , 1408", "8g, , , 9011", "8g, 2g, , 10240", "8g, , 0.5, 12288"})
  void aContainerIsHeapAndOverhead(String heap, String overhead, String factor, long limit) {
    SparkConf conf = new SparkConf(false).setMaster("yarn").set("spark.executor.memory", heap);
    if (overhead != null) {
      conf.set("spark.executor.memoryOverhead", overhead);
    }
    if (factor != null) {
      conf.set("spark.executor.memoryOverheadFactor", factor);
    }
    assertThat(new Container(conf, "executor").limit()).isEqualTo(limit * MIB);
  }

  @Test
  void nativeBuffersMayTakeWhatTheLastOptionSaysAndAsMuchAsTheHeapWithoutOne() {
    SparkConf conf = new SparkConf(false).setMaster("yarn").set("spark.executor.memory", "2g");
    assertThat(new Container(conf, "executor").memory())
        .isEqualTo(new ProcessMemory(2048 * MIB, 2048 * MIB, 8192 * MIB));
    conf.set("spark.executor.defaultJavaOptions", "-Dorg.bytedeco.javacpp.maxbytes=3g")
        .set(
            "spark.executor.extraJavaOptions",
            "-Xss1m -Dorg.bytedeco.javacpp.maxbytes=512m"
                + " -Dorg.bytedeco.javacpp.maxphysicalbytes=5g");
    assertThat(new Container(conf, "executor").memory())
        .isEqualTo(new ProcessMemory(2048 * MIB, 512 * MIB, 5120 * MIB));
    conf.set(
        "spark.executor.extraJavaOptions",
        "-Dorg.bytedeco.javacpp.maxbytes=50% -Dorg.bytedeco.javacpp.maxphysicalbytes=much");
    assertThat(new Container(conf, "executor").memory())
        .isEqualTo(new ProcessMemory(2048 * MIB, 1024 * MIB, 8192 * MIB));
  }

  @Test
  void executorsThatWouldBeKilledAreOneLineWithTheNumbers() {
    assertThat(warnings(new SparkConf(false).setMaster("yarn")))
        .hasLineCount(1)
        .startsWith("rgflow: warning: memory of executors: heap 1,024 MiB")
        .contains("native buffers up to 1,024 MiB", "killed past 1,408 MiB")
        .contains("raise spark.executor.memoryOverhead");
  }

  @Test
  void aDriverInTheClusterWouldBeKilledToo() {
    SparkConf conf =
        new SparkConf(false)
            .setMaster("yarn")
            .set("spark.submit.deployMode", "cluster")
            .set("spark.driver.memory", "4g");
    assertThat(warnings(conf))
        .hasLineCount(2)
        .contains("rgflow: warning: memory of the driver: heap 4,096 MiB")
        .contains("raise spark.driver.memoryOverhead");
    SparkConf inPod =
        new SparkConf(false)
            .setMaster("k8s://https://host:443")
            .set("spark.submit.deployMode", "client")
            .set("spark.kubernetes.submitInDriver", "true")
            .set("spark.driver.memory", "4g");
    assertThat(warnings(inPod)).contains("rgflow: warning: memory of the driver: heap 4,096 MiB");
  }

  private static String warnings(SparkConf conf) {
    StringWriter lines = new StringWriter();
    Diagnosis.warnOfMemory(conf, new PrintWriter(lines, true));
    return lines.toString();
  }
}
