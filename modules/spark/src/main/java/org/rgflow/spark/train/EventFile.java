package org.rgflow.spark.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The bytes of an event file of TensorBoard, as far as they have been added.
 *
 * <p>A record is the length of its data (u64), the masked CRC-32C of those eight bytes, the data,
 * and their masked CRC-32C, all little-endian, where masked is the sum rotated right by 15 bits
 * plus {@code 0xa282ead8}. The data of each is a message {@code Event} of TensorFlow's protocol
 * buffers, of which the field numbers below are.
 */
final class EventFile {
  private static final int MASK = 0xa282ead8;
  private static final int RGB = 3;
  private static final int START = 1;

  private final ByteArrayOutputStream records = new ByteArrayOutputStream();

  /**
   * A file of a run, or of a part of it.
   *
   * @param step its first
   */
  EventFile(long step) {
    add(event().bytes(3, utf8("brain.Event:2")));
    begin(step);
  }

  /** Makes void what this file and those before it have of a step and of later ones. */
  void begin(long step) {
    add(event().varint(2, step).message(7, new Message().varint(1, START)));
  }

  /** Adds a number. */
  void scalar(String tag, double value, long step) {
    summary(
        step, new Message().bytes(1, utf8(tag)).fixed32(2, Float.floatToIntBits((float) value)));
  }

  /** Adds a picture, an RGB image's PNG. */
  void image(String tag, byte[] png, int width, int height, long step) {
    Message image = new Message().varint(1, height).varint(2, width).varint(3, RGB).bytes(4, png);
    summary(step, new Message().bytes(1, utf8(tag)).message(4, image));
  }

  /** The file. */
  byte[] bytes() {
    return records.toByteArray();
  }

  private void summary(long step, Message value) {
    add(event().varint(2, step).message(5, new Message().message(1, value)));
  }

  private static Message event() {
    double seconds = System.currentTimeMillis() / 1e3;
    return new Message().fixed64(1, Double.doubleToLongBits(seconds));
  }

  private void add(Message event) {
    byte[] data = event.bytes();
    byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
    records.writeBytes(length);
    records.writeBytes(masked(length));
    records.writeBytes(data);
    records.writeBytes(masked(data));
  }

  private static byte[] masked(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    int masked = Integer.rotateRight((int) sum.getValue(), 15) + MASK;
    return littleEndian(Integer.BYTES).putInt(masked).array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A message of protocol buffers on its way: fields by number, each after its wire type. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message varint(int field, long value) {
      raw(field << 3);
      raw(value);
      return this;
    }

    Message fixed64(int field, long value) {
      raw(field << 3 | 1);
      out.writeBytes(littleEndian(Long.BYTES).putLong(value).array());
      return this;
    }

    Message bytes(int field, byte[] value) {
      raw(field << 3 | 2);
      raw(value.length);
      out.writeBytes(value);
      return this;
    }

    Message fixed32(int field, int value) {
      raw(field << 3 | 5);
      out.writeBytes(littleEndian(Integer.BYTES).putInt(value).array());
      return this;
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    /** Seven bits a byte, the lowest first; all but the last have the eighth set. */
    private void raw(long value) {
      long left = value;
      while ((left & ~0x7fL) != 0) {
        out.write((int) (left & 0x7f | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }
  }
}
