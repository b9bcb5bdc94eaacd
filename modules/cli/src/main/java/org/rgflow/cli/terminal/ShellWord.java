package org.rgflow.cli.terminal;

import java.util.regex.Pattern;

/** Text as a shell takes it for one word. */
public final class ShellWord {
  /** What means itself to a shell; a path may have more, such as spaces. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+=,-]+");

  private ShellWord() {}

  /** The text, in single quotes where it needs them. */
  public static String of(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
