package org.rgflow.data;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** An input stream with its file's name, whose every failure is a {@link DataException}. */
final class NamedStream implements Closeable {
  private final String name;
  private final InputStream in;

  NamedStream(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  String name() {
    return name;
  }

  /**
   * Reads exactly so many bytes; memory grows with what the stream holds, not with what a header
   * promises.
   *
   * @param where what is being read, for the error of a file that ends early
   */
  byte[] read(int length, Supplier<String> where) {
    try {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw truncated(where, null);
      }
      return bytes;
    } catch (EOFException e) {
      throw truncated(where, e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Passes over so many bytes. */
  void skip(long length, Supplier<String> where) {
    try {
      in.skipNBytes(length);
    } catch (EOFException e) {
      throw truncated(where, e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Checks that nothing follows; the end of a compressed file is where its checksum is compared.
   */
  void requireEnd() {
    try {
      if (in.read() >= 0) {
        throw error("holds more bytes than its header says; allowed: none after the last example");
      }
    } catch (EOFException e) {
      throw truncated(() -> "its end", e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** A failure of this file, in words. */
  DataException error(String text) {
    return new DataException(name + ": " + text);
  }

  /** A failure of this file that a decoder found. */
  DataException unreadable(Exception cause) {
    return new DataException(name + ": cannot be read: " + cause.getMessage(), cause);
  }

  private DataException truncated(Supplier<String> where, EOFException cause) {
    return new DataException(name + ": truncated at " + where.get(), cause);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }
}
