package org.rgflow.spark.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;

/**
 * Sizes and SHA-256 of the files of a folder, as the manifest that is written last has them.
 *
 * @param files by name
 */
public record FileSums(Map<String, Sum> files) {
  private static final String FIELD = "files";

  /** Keeps the files' order. */
  public FileSums {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /**
   * A file's.
   *
   * @param bytes its length
   * @param sha256 in hexadecimal
   */
  public record Sum(long bytes, String sha256) {}

  /** Writes a file, as {@link WholeFiles#write(Path, Content)} does, and returns its sum. */
  public static Sum write(WholeFiles folder, Path file, Content content) {
    Sha256 digest = new Sha256();
    folder.write(file, out -> content.writeTo(digest.stream(out)));
    return new Sum(digest.length(), digest.hex());
  }

  /**
   * That of a file which is as long as it should be; its content is not looked at.
   *
   * @throws DataException if it is missing or of another length
   */
  public Sum requireLength(WholeFiles folder, Path file) {
    try {
      return requireLength(file, folder.fileSystem().getFileStatus(file).getLen());
    } catch (FileNotFoundException e) {
      throw missing(file);
    } catch (IOException e) {
      throw WholeFiles.unreachable(file.toString(), e);
    }
  }

  /** Adds them to a manifest. */
  public void putTo(ObjectNode manifest) {
    ObjectNode sums = manifest.putObject(FIELD);
    files.forEach(
        (name, sum) -> sums.putObject(name).put("bytes", sum.bytes()).put("sha256", sum.sha256()));
  }

  /** Those that a manifest has. */
  public static FileSums in(JsonNode manifest) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    manifest
        .path(FIELD)
        .properties()
        .forEach(
            file ->
                sums.put(
                    file.getKey(),
                    new Sum(
                        file.getValue().path("bytes").asLong(),
                        file.getValue().path("sha256").asText())));
    return new FileSums(sums);
  }

  /**
   * Reads a file, which must be what the manifest says.
   *
   * @throws DataException if it is missing, of another size or of another content
   */
  public byte[] read(WholeFiles folder, Path file) {
    return read(folder, file, InputStream::readAllBytes);
  }

  /**
   * Reads a file after it was found to be what the manifest says: all of it twice, none of it kept.
   *
   * @throws DataException if it is missing, of another size or of another content
   */
  public <T> T read(WholeFiles folder, Path file, WholeFiles.Reader<T> reader) {
    require(folder, file);
    return folder.read(file, reader).orElseThrow(() -> missing(file));
  }

  /**
   * Checks that a file is what the manifest says, and returns that.
   *
   * @throws DataException if it is missing, of another size or of another content
   */
  public Sum require(WholeFiles folder, Path file) {
    Sum found = folder.read(file, FileSums::sum).orElseThrow(() -> missing(file));
    Sum expected = requireLength(file, found.bytes());
    if (!found.equals(expected)) {
      throw new DataException(file + ": damaged, its SHA-256 is not the manifest's");
    }
    return found;
  }

  private static Sum sum(InputStream in) throws IOException {
    Sha256 digest = new Sha256();
    in.transferTo(digest.stream());
    return new Sum(digest.length(), digest.hex());
  }

  private Sum requireLength(Path file, long bytes) {
    Sum expected = files.getOrDefault(file.getName(), new Sum(0, ""));
    if (bytes != expected.bytes()) {
      throw new DataException(file + ": damaged, " + bytes + " bytes of " + expected.bytes());
    }
    return expected;
  }

  private static DataException missing(Path file) {
    return new DataException(file + ": is missing");
  }
}
