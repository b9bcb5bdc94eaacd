package org.rgflow.spark.registry;

import java.util.regex.Pattern;
import org.rgflow.data.DataException;

/** Names that any file system takes for one folder. */
public final class Names {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,127}");

  private Names() {}

  /** Whether a name is allowed. */
  static boolean isAllowed(String name) {
    return ALLOWED.matcher(name).matches();
  }

  /**
   * Returns a name that is allowed.
   *
   * @param key of the configuration, for errors
   * @throws DataException if it is not
   */
  public static String require(String key, String name) {
    if (!isAllowed(name)) {
      throw new DataException(
          key
              + " must be at most 128 letters, digits, '.', '_', '+' and '-', the first a letter or"
              + " digit, was "
              + (name.isEmpty() ? "empty" : name));
    }
    return name;
  }
}
