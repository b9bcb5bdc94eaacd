package org.rgflow.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackendTest {
  private static final String PLAIN = "GCC: \"7.5.0\"\nHAVE_FLATBUFFERS\nHAVE_OPENBLAS";
  private static final String FAST = "GCC: \"7.5.0\"\nHAVE_FLATBUFFERS\nHAVE_ONEDNN\nHAVE_OPENBLAS";

  private static Backend of(boolean isCpu, String buildInfo, boolean helpersAllowed) {
    return Backend.of("CpuBackend", isCpu, buildInfo, helpersAllowed, "OPENBLAS", 1);
  }

  @Test
  void aNativeLibraryWithoutOneDnnIsWarnedOf() {
    assertThat(of(true, PLAIN, true).warning())
        .hasValueSatisfying(line -> assertThat(line).contains("without oneDNN", "onednn-avx2"));
    assertThat(of(true, PLAIN, true).toString()).contains("no oneDNN");
    assertThat(of(true, FAST, false).warning()).isPresent();
  }

  @Test
  void oneDnnAndOtherThanProcessorsAreNot() {
    assertThat(of(true, FAST, true).warning()).isEmpty();
    assertThat(of(false, PLAIN, true).warning()).isEmpty();
  }

  @Test
  void theOneOfTheBuildHasOneDnnAndKnowsItsVersion() {
    Backend loaded = Backend.loaded();
    assertThat(loaded.hasOneDnn()).isTrue();
    assertThat(loaded.version()).matches("1\\..*");
    assertThat(loaded.blas()).isEqualTo("OPENBLAS");
  }
}
