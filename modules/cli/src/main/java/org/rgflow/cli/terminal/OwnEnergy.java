package org.rgflow.cli.terminal;

import java.util.Arrays;
import java.util.Optional;
import org.rgflow.flow.energy.Energies;
import org.rgflow.flow.energy.Energy;

/** What a user's own energy has done, by the exception that came of it. */
final class OwnEnergy {
  private OwnEnergy() {}

  /** A line that names the class, if one threw it, or what could not be loaded. */
  static Optional<String> fault(Throwable e) {
    if (isOfLoading(e)) {
      return Optional.of("energy.name: its class cannot be loaded: " + told(e));
    }
    return Arrays.stream(e.getStackTrace())
        .filter(frame -> isEnergy(frame.getClassName()))
        .findFirst()
        .map(
            frame ->
                "energy.name "
                    + frame.getClassName()
                    + ": "
                    + told(e)
                    + " ("
                    + frame.getFileName()
                    + ":"
                    + frame.getLineNumber()
                    + ")");
  }

  /** What a static part of the class threw is the cause of the error, and says more. */
  private static boolean isOfLoading(Throwable e) {
    return e instanceof LinkageError
        && !(e instanceof ExceptionInInitializerError)
        && Arrays.stream(e.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(Energies.class.getName()));
  }

  /** Whether a class is an energy that is not ours, whose faults are nobody else's. */
  private static boolean isEnergy(String name) {
    if (name.startsWith("org.rgflow.")) {
      return false;
    }
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      return Energy.class.isAssignableFrom(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private static String told(Throwable e) {
    return e.toString().lines().findFirst().orElseThrow();
  }
}
