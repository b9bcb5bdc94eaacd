package org.rgflow.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiagnosisTest {
  private static Finding growth(int nativeHeaps, boolean collectsWhenAsked) {
    return Diagnosis.growth(
        new Machine(
            "executor 1",
            "node-1",
            "17.0.15",
            "CpuBackend",
            true,
            1,
            4,
            1L << 30,
            1L << 30,
            4L << 30,
            nativeHeaps,
            collectsWhenAsked,
            8L << 30,
            100));
  }

  @Test
  void fewNativeHeapsAndACollectorThatIsHeardAreAsTheyShouldBe() {
    assertThat(growth(2, true))
        .isEqualTo(
            Finding.ok(
                "growth of executor 1",
                "at most 2 heaps of the C library, collector runs when called"));
  }

  @Test
  void whatMakesAProcessGrowIsAWarningWithTheRemedy() {
    assertThat(growth(32, true).verdict()).isEqualTo(Finding.Verdict.WARNING);
    assertThat(growth(32, true).remedy())
        .contains("spark.executorEnv.MALLOC_ARENA_MAX=2")
        .doesNotContain("DisableExplicitGC");
    assertThat(growth(2, false).remedy()).endsWith("remove -XX:+DisableExplicitGC");
    assertThat(growth(32, false).remedy()).contains("MALLOC_ARENA_MAX=2", "DisableExplicitGC");
  }
}
