package org.rgflow.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;

/** The file formats examples are read from, told apart by file name. */
public enum ExampleFormat {
  /** Images of MNIST's format, uint8 of N,H,W or N,H,W,C. */
  IDX("-ubyte", ".idx") {
    @Override
    ExampleReader decode(String name, InputStream in, int channels, LongSupplier length) {
      return IdxExamples.open(name, in);
    }
  },
  /** {@link #IDX}, compressed by gzip. */
  IDX_GZ("-ubyte.gz", ".idx.gz") {
    @Override
    ExampleReader decode(String name, InputStream in, int channels, LongSupplier length) {
      return IdxExamples.open(name, unzipped(name, in));
    }
  },
  /** One image of 8-bit gray or RGB. */
  PNG(".png") {
    @Override
    ExampleReader decode(String name, InputStream in, int channels, LongSupplier length) {
      return new ImageExample(name, in, channels);
    }
  },
  /** One image of 8-bit gray or RGB. */
  JPEG(".jpg", ".jpeg") {
    @Override
    ExampleReader decode(String name, InputStream in, int channels, LongSupplier length) {
      return new ImageExample(name, in, channels);
    }
  },
  /** An array of NumPy: uint8 is pixels, (N, H, W) or (N, C, *grid); the rest is (N, C, *grid). */
  NPY(".npy") {
    @Override
    ExampleReader decode(String name, InputStream in, int channels, LongSupplier length) {
      return new NpyExamples(name, name, NpyReader.open(name, in));
    }
  },
  /** Arrays of NumPy, of which {@code x}, else {@code images}, else the only one is read. */
  NPZ(".npz") {
    @Override
    ExampleReader decode(String name, InputStream in, int channels, LongSupplier length) {
      return new NpyExamples(name, name, Npz.openExamples(name, in));
    }
  },
  /** A binary batch of CIFAR-10 or CIFAR-100: labels and three planes of 32x32 for each image. */
  CIFAR(".bin") {
    @Override
    ExampleReader decode(String name, InputStream in, int channels, LongSupplier length) {
      return CifarExamples.open(name, in, length.getAsLong());
    }
  };

  private static final int BUFFER_BYTES = 1 << 16;

  private final List<String> endings;

  ExampleFormat(String... endings) {
    this.endings = List.of(endings);
  }

  /** The format a file's name tells, in upper or lower case; empty if it tells none. */
  public static Optional<ExampleFormat> of(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    for (ExampleFormat format : values()) {
      if (format.endings.stream().anyMatch(lower::endsWith)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /**
   * The format a file's name tells.
   *
   * @throws DataException naming the file and the known formats if it tells none
   */
  public static ExampleFormat require(String fileName) {
    return of(fileName)
        .orElseThrow(
            () ->
                new DataException(
                    fileName
                        + ": not a known format; allowed:"
                        + " idx, idx.gz, png, jpg, jpeg, npy, npz, bin"));
  }

  /** Reads a file with as many channels as it has, as {@link #open(String, InputStream, int)}. */
  public ExampleReader open(String name, InputStream in) {
    return open(name, in, 0);
  }

  /**
   * Reads a file of unknown length, as {@link #open(String, InputStream, int, LongSupplier)}.
   *
   * @throws IllegalArgumentException of {@link #CIFAR}, whose files have no header
   */
  public ExampleReader open(String name, InputStream in, int channels) {
    return open(
        name,
        in,
        channels,
        () -> {
          throw new IllegalArgumentException(name + ": its length must be given");
        });
  }

  /**
   * Reads a file's header; the stream is closed with the reader, or at once if this fails.
   *
   * @param name the file's name: an image's key, or the start of {@code name#index}
   * @param channels what PNG and JPEG images are converted to, 1 or 3, or 0 for what the file has;
   *     other formats keep what they have
   * @param length of the file in bytes, asked for only where no header counts the examples
   * @throws DataException if the header is not one of this format
   */
  public ExampleReader open(String name, InputStream in, int channels, LongSupplier length) {
    try {
      if (channels != 0 && channels != 1 && channels != 3) {
        throw new DataException(name + ": channels must be 0, 1 or 3, was " + channels);
      }
      return decode(name, new BufferedInputStream(in, BUFFER_BYTES), channels, length);
    } catch (DataException e) {
      try {
        in.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /**
   * Reads one encoded PNG or JPEG.
   *
   * @param name the image's key
   * @param channels that it is converted to, 1 or 3, or 0 for what it has
   * @throws DataException if the bytes are no such image
   */
  public static Example image(String name, byte[] bytes, int channels) {
    try (ExampleReader image = PNG.open(name, new ByteArrayInputStream(bytes), channels)) {
      return image.next();
    }
  }

  /**
   * The labels of images of MNIST's format, in a file of their own.
   *
   * @param name of the file, which tells whether it is compressed
   * @param in closed at the end
   * @throws DataException if it is no such file
   */
  public static int[] labels(String name, InputStream in) {
    return IdxExamples.labels(name, require(name) == IDX_GZ ? unzipped(name, in) : in);
  }

  /**
   * What the file is called that holds the labels of images in a file of MNIST's format, such as
   * {@code train-labels-idx1-ubyte.gz} of {@code train-images-idx3-ubyte.gz}; empty if the name
   * tells none.
   */
  public static Optional<String> labelsOf(String imagesFile) {
    boolean isIdx = of(imagesFile).filter(format -> format == IDX || format == IDX_GZ).isPresent();
    return Optional.of(imagesFile.replace("images", "labels").replaceAll("idx[34]", "idx1"))
        .filter(labels -> isIdx && imagesFile.contains("images"));
  }

  abstract ExampleReader decode(String name, InputStream in, int channels, LongSupplier length);

  private static InputStream unzipped(String name, InputStream in) {
    try {
      return new GZIPInputStream(in, BUFFER_BYTES);
    } catch (EOFException e) {
      throw new DataException(name + ": truncated at its header", e);
    } catch (IOException e) {
      throw new NamedStream(name, in).unreadable(e);
    }
  }
}
