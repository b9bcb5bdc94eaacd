package org.rgflow.spark.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.data.DataException;

class TableOutputTest {
  @TempDir private Path folder;

  private TableOutput output(String name) {
    return TableOutput.of(new Configuration(), folder.resolve(name).toString());
  }

  private void write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "something");
  }

  @Test
  void whatIsNotThereOrEmptyIsFree() throws IOException {
    output("none").requireFree(false, "another");
    Files.createDirectory(folder.resolve("empty"));
    output("empty").requireFree(false, "another");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "part-00000.parquet",
        "chunk=12/part-0.parquet",
        "_temporary/0/x",
        "_SUCCESS",
        "_plan.json",
        "_manifest.json",
        "_files.jsonl.gz",
        "_labels.jsonl.gz",
        "._plan.json.tmp"
      })
  void aTableIsReplacedIfAsked(String entry) throws IOException {
    write("table/" + entry);
    output("table").requireFree(true, "another");
    assertThatThrownBy(() -> output("table").requireFree(false, "another"))
        .isInstanceOf(DataException.class)
        .hasMessage(folder + "/table: exists already; allowed: another");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.yaml", "a.png", "scores/part-0.parquet", "chunk=x", ".git/HEAD", "_mine"})
  void whatElseIsThereIsNeverReplaced(String entry) throws IOException {
    write("run/part-0.parquet");
    write("run/" + entry);
    assertThatThrownBy(() -> output("run").requireFree(true, "another"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder
                + "/run: holds "
                + entry.split("/")[0]
                + ", which is of no table, so it is not replaced; allowed: another path");
  }

  @Test
  void aTableThatWasBegunAndIsNotFinishedIsNotRead() throws IOException {
    write("table/part-0.parquet");
    output("table").requireFinished();
    write("table/_plan.json");
    assertThatThrownBy(() -> output("table").requireFinished())
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder
                + "/table: holds no _manifest.json; allowed: the output of a score that has"
                + " finished");
    write("table/_manifest.json");
    output("table").requireFinished();
  }

  @Test
  void aFileIsNoFolderToReplace() throws IOException {
    write("file");
    assertThatThrownBy(() -> output("file").requireFree(true, "another"))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("/file: is a file; allowed: a folder for the table");
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "in/deeper", ""})
  void theInputIsNeitherInTheOutputNorAroundIt(String name) {
    String input = folder.resolve("in").toUri().toString();
    assertThatThrownBy(() -> output(name).requireApartFrom(List.of("other", input)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(": holds " + input + ", which is read, or lies in it");
    output("inside").requireApartFrom(List.of(input));
  }

  /** Another file system, of which the local one refuses paths. */
  public static final class Elsewhere extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("elsewhere:///");
    }
  }

  @Test
  void theInputMayBeOfAnotherFileSystem() {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.elsewhere.impl", Elsewhere.class, FileSystem.class);
    TableOutput.of(hadoop, folder.toString()).requireApartFrom(List.of("elsewhere:" + folder));
  }

  @Test
  void whatIsDeletedLeavesNoEmptyFolder() throws IOException {
    write("table/part-0.parquet");
    write("held/part-0.parquet");
    write("held/_lease/claim");
    output("table").delete();
    output("held").delete();
    assertThat(folder.resolve("table")).doesNotExist();
    assertThat(folder.resolve("held/_lease/claim")).exists();
    assertThat(folder.resolve("held/part-0.parquet")).doesNotExist();
  }
}
