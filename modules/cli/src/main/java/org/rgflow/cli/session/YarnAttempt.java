package org.rgflow.cli.session;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which of YARN's attempts at an application this driver is, where it runs in YARN's container. */
public final class YarnAttempt {
  /** As {@code container_e17_1410901177871_0001_02_000001}: the attempt is the last but one. */
  private static final Pattern CONTAINER =
      Pattern.compile("container_(?:e\\d+_)?\\d+_\\d+_(\\d+)_\\d+");

  private YarnAttempt() {}

  /** Whether another driver of this application ended before. */
  public static boolean isAnother(Map<String, String> environment) {
    Matcher container = CONTAINER.matcher(environment.getOrDefault("CONTAINER_ID", ""));
    return container.matches() && Integer.parseInt(container.group(1)) > 1;
  }
}
