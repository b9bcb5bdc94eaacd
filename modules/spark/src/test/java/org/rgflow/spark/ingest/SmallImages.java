package org.rgflow.spark.ingest;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.Npy;
import org.rgflow.data.NpyArray;

/** Writes files of small images, image i of a size being the same in every format. */
public final class SmallImages {
  private SmallImages() {}

  /** Gray pixels of image i, row-major. */
  public static byte[] pixels(int i, int side) {
    KeyedNoise noise = new KeyedNoise(7, i, KeyedNoise.Purpose.LATENT, side);
    byte[] pixels = new byte[side * side];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (byte) noise.nextLong(256);
    }
    return pixels;
  }

  /** Pixels of images 0 to count, one after the other. */
  public static byte[] pixels(int from, int count, int side) {
    byte[] all = new byte[count * side * side];
    for (int i = 0; i < count; i++) {
      System.arraycopy(pixels(from + i, side), 0, all, i * side * side, side * side);
    }
    return all;
  }

  /** An IDX file as bytes. */
  public static byte[] idx(int from, int count, int side) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x0803);
    out.writeInt(count);
    out.writeInt(side);
    out.writeInt(side);
    out.write(pixels(from, count, side));
    return bytes.toByteArray();
  }

  /** A PNG file as bytes. */
  public static byte[] png(int i, int side) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, side, side, pixels(i, side));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /** Bytes compressed by gzip. */
  public static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  /** A tar archive of files, in their order. */
  public static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        out.putArchiveEntry(entry);
        out.write(file.getValue());
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** Writes an npy file. */
  public static void npy(Path file, NpyArray array) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      Npy.write(out, array);
    }
  }

  /** Writes a file, with the folders above it. */
  public static Path write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }
}
