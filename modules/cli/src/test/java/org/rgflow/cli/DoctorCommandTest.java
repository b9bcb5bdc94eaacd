package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The doctor on a local master. */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class DoctorCommandTest {
  @TempDir Path folder;

  @Test
  void eachCheckIsALineAndAFailureIsAStatus() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    CommandResult found =
        CommandResult.of(
            "doctor",
            "--read",
            folder.toString(),
            folder.resolve("absent").toString(),
            "--write",
            folder.toString(),
            folder.resolve("new/below/deeper").toString(),
            file.resolve("below").toString());
    assertThat(found.err()).isEmpty();
    assertThat(found.status()).isEqualTo(1);
    assertThat(found.out().lines())
        .hasSize(11)
        .anySatisfy(
            line -> assertThat(line).matches("ok +Spark +3\\.5\\..*, local\\[2\\], 2 tasks.*"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches("ok +backend of the driver +CpuBackend .*oneDNN.* GFLOP/s a task.*"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(".* growth of the driver +at most \\d+ heaps .* runs when called.*"))
        .anySatisfy(line -> assertThat(line).matches("FAILURE +.*/absent +cannot be read .*: .*"))
        .anySatisfy(
            line ->
                assertThat(line).matches("ok +.*/new/below/deeper +driver and tasks can write.*"))
        .anySatisfy(
            line -> assertThat(line).matches("FAILURE +.*/file/below +cannot be written .*: .*"));
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }
}
