package org.rgflow.data;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of bytes that come in parts. */
public final class Sha256 {
  private final MessageDigest digest;
  private long length;

  /** Of nothing yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** In hexadecimal, of bytes that come at once. */
  public static String hex(byte[] bytes) {
    return new Sha256().add(bytes).hex();
  }

  /** Takes the bytes that follow. */
  public Sha256 add(byte[] bytes) {
    add(bytes, 0, bytes.length);
    return this;
  }

  private void add(byte[] bytes, int from, int count) {
    digest.update(bytes, from, count);
    length += count;
  }

  /** Number of bytes taken. */
  public long length() {
    return length;
  }

  /** A stream that takes the bytes that follow; it need not be closed. */
  public OutputStream stream() {
    return stream(OutputStream.nullOutputStream());
  }

  /** A stream that takes the bytes that follow on their way to another, and holds none of them. */
  public OutputStream stream(OutputStream to) {
    return new FilterOutputStream(to) {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
        add(bytes, from, count);
      }
    };
  }

  /** The 32 bytes; it is then of nothing again. */
  public byte[] bytes() {
    length = 0;
    return digest.digest();
  }

  /** The {@link #bytes()} in hexadecimal. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }
}
