package org.rgflow.spark.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.rgflow.data.DataException;

/**
 * Files of any Hadoop file system that readers see as they were or as they will be, never half
 * written.
 *
 * <p>A file is written beside its place and renamed over what is there; in an object store, whose
 * rename is a copy and whose PUT is all or nothing, it is put there at once.
 */
public final class WholeFiles {
  private static final Set<String> OBJECT_STORES =
      Set.of("s3a", "s3", "s3n", "gs", "oss", "cosn", "obs");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER = 1 << 16;

  private final FileSystem files;

  private WholeFiles(FileSystem files) {
    this.files = files;
  }

  /**
   * Files of the file system that a path names.
   *
   * @throws IOException when there is none of its scheme, or it cannot be reached
   */
  public static WholeFiles of(Configuration hadoop, Path path) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    // a file and the checksum beside it are two, which no rename replaces in one instant
    return new WholeFiles(files instanceof LocalFileSystem local ? local.getRaw() : files);
  }

  /** What to throw where a file system does not answer. */
  public static DataException unreachable(String uri, IOException cause) {
    return new DataException(uri + ": cannot be reached: " + cause.getMessage(), cause);
  }

  /** The file system; the local one without checksum files. */
  public FileSystem fileSystem() {
    return files;
  }

  /** Writes bytes, as {@link #write(Path, Content)} does. */
  public void write(Path file, byte[] bytes) {
    write(file, Content.of(bytes));
  }

  /**
   * Writes a file in place of what is there.
   *
   * @throws UncheckedIOException naming the file, which then is as it was
   */
  public void write(Path file, Content content) {
    String scheme = files.getUri().getScheme();
    try {
      if (OBJECT_STORES.contains(scheme)) {
        put(file, content);
      } else if (scheme.equals("file")) {
        writeLocal(file, content);
      } else {
        Path partial = partial(file);
        try {
          put(partial, content);
          rename(partial, file);
        } catch (IOException | RuntimeException e) {
          files.delete(partial, false);
          throw e;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": could not be written", e);
    }
  }

  private static Path partial(Path file) {
    return new Path(file.getParent(), "." + file.getName() + ".tmp");
  }

  private void put(Path file, Content content) throws IOException {
    try (FSDataOutputStream out = files.create(file, true)) {
      boolean whole = false;
      try {
        writeBuffered(content, out);
        whole = true;
      } finally {
        // closing would publish what an object store has got so far
        if (!whole && out.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
          out.abort();
        }
      }
    }
  }

  /** By Java itself: for every file that Hadoop creates here it starts a chmod. */
  private void writeLocal(Path file, Content content) throws IOException {
    java.nio.file.Path target = local(file);
    java.nio.file.Path partial = local(partial(file));
    Files.createDirectories(target.getParent());
    try {
      try (OutputStream out = Files.newOutputStream(partial)) {
        writeBuffered(content, out);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(partial);
      throw e;
    }
  }

  private static void writeBuffered(Content content, OutputStream to) throws IOException {
    BufferedOutputStream out = new BufferedOutputStream(to, BUFFER);
    content.writeTo(out);
    out.flush();
  }

  private java.nio.file.Path local(Path file) {
    return java.nio.file.Path.of(files.makeQualified(file).toUri().getPath());
  }

  private void rename(Path from, Path to) throws IOException {
    try {
      FileContext.getFileContext(files.getUri(), files.getConf())
          .rename(from, to, Rename.OVERWRITE);
    } catch (UnsupportedFileSystemException e) {
      files.delete(to, false);
      if (!files.rename(from, to)) {
        throw new IOException("nothing can be renamed to " + to, e);
      }
    }
  }

  /** What is made of a file's bytes. */
  public interface Reader<T> {
    /** Reads what it needs of a stream. */
    T read(InputStream in) throws IOException;
  }

  /** The bytes of a file, as {@link #read(Path, Reader)} reads them. */
  public Optional<byte[]> read(Path file) {
    return read(file, InputStream::readAllBytes);
  }

  /**
   * Reads a file; empty if there is none.
   *
   * @throws UncheckedIOException naming the file
   */
  public <T> Optional<T> read(Path file, Reader<T> reader) {
    try (InputStream in = files.open(file)) {
      return Optional.of(reader.read(in));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": could not be read", e);
    }
  }

  /**
   * What a file holds, for another: read when that is written; empty if there is no such file.
   *
   * @throws UncheckedIOException naming the file
   */
  public Optional<Content> content(Path file) {
    try {
      return files.exists(file)
          ? Optional.of(out -> read(file, in -> in.transferTo(out)).orElseThrow())
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": could not be read", e);
    }
  }

  /** Writes a tree as a file, for people to read too. */
  public void writeJson(Path file, JsonNode tree) {
    try {
      write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree));
    } catch (IOException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }

  /**
   * Reads a tree; empty if there is no such file.
   *
   * @throws DataException if it is not JSON
   */
  public Optional<JsonNode> readJson(Path file) {
    return read(file)
        .map(
            bytes -> {
              try {
                return JSON.readTree(bytes);
              } catch (IOException e) {
                throw new DataException(file + ": not JSON, or damaged", e);
              }
            });
  }

  /**
   * What is in a folder, sorted by name; nothing if there is no such folder.
   *
   * @throws UncheckedIOException naming the folder
   */
  public List<FileStatus> list(Path folder) {
    try {
      FileStatus[] found = files.listStatus(folder);
      Arrays.sort(found);
      return List.of(found);
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": could not be listed", e);
    }
  }

  /**
   * Removes a file, or a folder with all that is in it; nothing happens if there is none.
   *
   * @throws UncheckedIOException naming it
   */
  public void delete(Path path) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": could not be removed", e);
    }
  }

  /** Removes a folder in which there is nothing; others, files and links stay. */
  public void deleteIfEmpty(Path folder) {
    try {
      if (files.getUri().getScheme().equals("file")) {
        if (Files.isDirectory(local(folder), LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(local(folder)); // Hadoop would warn of what cannot be removed
        }
      } else if (files.getFileStatus(folder).isDirectory()) {
        files.delete(folder, false);
      }
    } catch (IOException e) {
      // file systems have no other way to say that something is in it
    }
  }
}
