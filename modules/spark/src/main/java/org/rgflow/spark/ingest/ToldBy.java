package org.rgflow.spark.ingest;

import org.rgflow.spark.ingest.FileInventory.Stamp;

/** By what, beside its length, a file is told from another of its name. */
public enum ToldBy {
  /** By nothing more. */
  LENGTH {
    @Override
    boolean isSame(Stamp one, Stamp other) {
      return true;
    }

    @Override
    String mark(Stamp file) {
      return "";
    }
  },
  /** By when it was changed last; a time that is not known is that of any. */
  TIME {
    @Override
    boolean isSame(Stamp one, Stamp other) {
      return isSameOrUnknown(one.modified(), other.modified());
    }

    @Override
    String mark(Stamp file) {
      return file.modified() + "\n";
    }
  },
  /** By its bytes, which are read; a checksum that is not known is that of any. */
  CONTENT {
    @Override
    boolean isSame(Stamp one, Stamp other) {
      return isSameOrUnknown(one.checksum(), other.checksum());
    }

    @Override
    String mark(Stamp file) {
      return Long.toHexString(file.checksum()) + "\n";
    }
  };

  /** Whether two of one length are the same. */
  abstract boolean isSame(Stamp one, Stamp other);

  /** What is told beside the length, as a line. */
  abstract String mark(Stamp file);

  private static boolean isSameOrUnknown(long one, long other) {
    return one == other || one == 0 || other == 0;
  }
}
