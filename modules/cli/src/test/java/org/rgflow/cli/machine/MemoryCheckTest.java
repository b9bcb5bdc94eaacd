package org.rgflow.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.spark.network.util.JavaUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCheckTest {
  private static final long MIB = 1L << 20;

  private static Machine machine(long heap, long offHeap, long resident) {
    return new Machine(
        "executor 1", "h", "17", "b", true, 1, 4, heap * MIB, offHeap * MIB, resident * MIB, 0, 1);
  }

  private static Finding check(long heap, long offHeap, long resident, long limit) {
    return MemoryCheck.of(
        machine(heap, offHeap, resident), limit * MIB, "spark.executor.memoryOverhead");
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
    String options = preset.getProperty("spark.executor.extraJavaOptions");
    Finding found =
        check(
            JavaUtils.byteStringAsMb(preset.getProperty("spark.executor.memory")),
            size(options, "maxbytes"),
            size(options, "maxphysicalbytes"),
            gibibytes * 1024L);
    assertThat(found.verdict()).as(found.what()).isEqualTo(Finding.Verdict.OK);
  }

  private static long size(String options, String name) {
    String value = options.replaceAll(".*-Dorg\\.bytedeco\\.javacpp\\." + name + "=(\\S+).*", "$1");
    return JavaUtils.byteStringAsMb(value);
  }
}
