package org.rgflow.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The repository's images, fewer of which say as much where they cost time. */
final class BundledImages {
  static final Path FOLDER = Path.of("../../data/fashion-mnist");
  static final Path TRAIN = FOLDER.resolve("train-images-idx3-ubyte.gz");
  static final Path TEST = FOLDER.resolve("test-images-idx3-ubyte.gz");

  private BundledImages() {}

  /** The first test images as IDX. */
  static Path firstOfTest(int count, Path to) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(TEST))) {
      byte[] idx = in.readNBytes(16 + count * 28 * 28);
      ByteBuffer.wrap(idx).putInt(4, count);
      return Files.write(to, idx);
    }
  }
}
