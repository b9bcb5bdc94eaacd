package org.rgflow.spark.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleFormat;
import org.rgflow.spark.files.Location;
import org.rgflow.spark.files.WatchedStream;

/**
 * PNG and JPEG files of a tar archive in its order, such as a shard of WebDataset; other entries
 * are passed over.
 *
 * <p>An example's key is the archive's name and the entry's, {@code shard-0.tar/a/1.png}, and its
 * class the text of the entry {@code a/1.cls}, if that comes before it, as in order of names. An
 * archive that cannot be read to its end has one more example, which says so.
 */
final class TarSource implements ExampleSource {
  /** Two blocks of zeros. */
  private static final int END_MARK = 1024;

  private static final String CLASS = ".cls";
  private static final int LONGEST_CLASS = 1024;

  private final Path path;
  private final String name;
  private final Configuration hadoop;
  private final int channels;
  private final WatchedStream stream;
  private final TarArchiveInputStream archive;
  private String classEntry;
  private String classText;

  TarSource(Path path, String name, Configuration hadoop, int channels) throws IOException {
    this.path = path;
    this.name = name;
    this.hadoop = hadoop;
    this.channels = channels;
    this.stream = new WatchedStream(path.getFileSystem(hadoop).open(path));
    this.archive = new TarArchiveInputStream(stream);
  }

  @Override
  public int count() {
    int count = 0;
    try (TarSource entries = new TarSource(path, name, hadoop, channels)) {
      while (entries.nextImage() != null) {
        count++;
      }
    } catch (DataException e) {
      count++; // for the example that says so
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + e.getMessage(), e);
    }
    return count;
  }

  /**
   * The next image's path in the archive; null at its end.
   *
   * @throws DataException if that cannot be read, or is where the file was cut off
   */
  private String nextImage() {
    try {
      ArchiveEntry entry = archive.getNextEntry();
      while (entry != null && !isImage(entry)) {
        noteClass(entry);
        entry = archive.getNextEntry();
      }
      if (entry == null) {
        requireEndMark();
        return null;
      }
      return withoutDot(entry.getName());
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
  }

  private void noteClass(ArchiveEntry entry) throws IOException {
    if (entry.getName().endsWith(CLASS) && !entry.isDirectory()) {
      classEntry = withoutDot(entry.getName());
      classText = new String(archive.readNBytes(LONGEST_CLASS), StandardCharsets.UTF_8).strip();
    }
  }

  /** The class noted of an image's name without its ending; null if there is none. */
  private String label(String image) {
    String stem = image.substring(0, image.lastIndexOf('.'));
    return (stem + CLASS).equals(classEntry) ? classText : null;
  }

  /** The reader takes a file that was cut off between entries, or in a header, for whole. */
  private void requireEndMark() throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    byte[] end = new byte[END_MARK];
    long length = files.getFileStatus(path).getLen();
    if (length >= END_MARK) {
      try (FSDataInputStream file = files.open(path)) {
        file.readFully(length - END_MARK, end);
      }
    }
    if (length < END_MARK || !Arrays.equals(end, new byte[END_MARK])) {
      throw new EOFException("no end-of-archive mark, so it was cut off");
    }
  }

  private static boolean isImage(ArchiveEntry entry) {
    String path = entry.getName();
    String file = path.substring(path.lastIndexOf('/') + 1);
    return entry instanceof TarArchiveEntry inside
        && inside.isFile()
        && !inside.isSymbolicLink()
        && !inside.isLink() // another name of an entry before
        && !Location.isHidden(file)
        && FileKind.of(file).filter(kind -> kind == FileKind.IMAGE).isPresent();
  }

  private static String withoutDot(String path) {
    return path.startsWith("./") ? path.substring(2) : path;
  }

  private DataException unreadable(Exception cause) {
    return stream.cause(
        new DataException(name + ": cannot be read to its end: " + cause.getMessage(), cause));
  }

  @Override
  public void skip(int n) {
    for (int i = 0; i < n; i++) {
      nextImage();
    }
  }

  @Override
  public DecodedExample next(String key) {
    String found = key;
    try {
      String image = nextImage();
      found = name + "/" + image;
      return DecodedExample.of(
          ExampleFormat.image(found, bytes(), channels).labelled(label(image)));
    } catch (DataException e) {
      return DecodedExample.failed(found, e.getMessage());
    }
  }

  private byte[] bytes() {
    try {
      return archive.readAllBytes();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void close() {
    try {
      archive.close();
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + e.getMessage(), e);
    }
  }
}
