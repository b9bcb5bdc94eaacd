package org.rgflow.spark.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocationTest {
  @TempDir private Path folder;

  private static Location of(String uri) {
    return Location.of(new Configuration(), uri);
  }

  private Location at(String name) {
    return of(folder.resolve(name).toString());
  }

  @Test
  void isInItselfAndInWhatIsAboveIt() {
    assertThat(at("a/b/c").isIn(at("a"))).isTrue();
    assertThat(at("a").isIn(at("a"))).isTrue();
    assertThat(at("a/../b").isIn(at("a"))).isFalse();
    assertThat(at("ab").isIn(at("a"))).isFalse();
    assertThat(at("a").isIn(at("a/b"))).isFalse();
  }

  @Test
  void whatIsHiddenOnTheWayIsNotVisible() {
    assertThat(at("a/b").isVisibleIn(at("a"))).isTrue();
    assertThat(at("a/_b/c").isVisibleIn(at("a"))).isFalse();
    assertThat(at("a/.b").isVisibleIn(at("a"))).isFalse();
    assertThat(at("_a/b").isVisibleIn(at("_a"))).isTrue();
  }

  @Test
  void linksLeadWhereTheyLead() throws IOException {
    Files.createDirectories(folder.resolve("images/new"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("images"));
    Files.createSymbolicLink(folder.resolve("deep"), folder.resolve("images/new"));
    assertThat(at("link/run").isVisibleIn(at("images"))).isTrue();
    assertThat(at("images/not/there/yet").isVisibleIn(at("link"))).isTrue();
    assertThat(at("deep/run").isIn(at("link/new"))).isTrue();
    assertThat(at("deep/run").isIn(at("images/old"))).isFalse();
  }

  @Test
  void otherFileSystemsHaveNoLinks() throws IOException {
    org.apache.hadoop.fs.Path stored = new org.apache.hadoop.fs.Path("s3a://bucket/a");
    assertThat(Location.withoutLinks(stored)).isEqualTo(stored);
  }
}
