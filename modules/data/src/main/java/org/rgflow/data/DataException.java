package org.rgflow.data;

/** Data that cannot be used: one line with the file, the value found and what is allowed. */
public final class DataException extends RuntimeException {
  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
