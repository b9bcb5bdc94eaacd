package org.rgflow.notebook;

/** A cell that is no Java: the compiler's words, without a trace of its own. */
final class CellException extends Exception {
  private static final long serialVersionUID = 1L;

  CellException(String message) {
    super(message, null, false, false);
  }
}
