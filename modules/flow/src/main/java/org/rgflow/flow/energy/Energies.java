package org.rgflow.flow.energy;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;

/** Energies by name. */
public final class Energies {
  /** The names on offer; any other, with a dot in it, is a class of the user's. */
  public static final List<String> NAMES = List.of("gaussian", "mixture", "ring", "phi4", "ising");

  private Energies() {}

  /**
   * The energy of a name.
   *
   * @param name one of {@link #NAMES}, or the full name of a class that is an {@link Energy}
   * @throws IllegalArgumentException naming the key whose value is not allowed
   */
  public static Energy of(String name, EnergySettings settings) {
    return switch (name) {
      case "gaussian" -> new GaussianEnergy(settings);
      case "mixture" -> new MixtureEnergy(settings);
      case "ring" -> new RingEnergy(settings);
      case "phi4" -> new Phi4Energy(settings);
      case "ising" -> new IsingEnergy(settings);
      default -> ofClass(name, settings);
    };
  }

  private static Energy ofClass(String name, EnergySettings settings) {
    if (!name.contains(".")) {
      throw new IllegalArgumentException(
          "energy.name must be one of "
              + String.join(", ", NAMES)
              + ", or the full name of a class, was "
              + name);
    }
    Class<?> type;
    try {
      type = Class.forName(name, true, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "energy.name " + name + ": no such class on the class path (spark-submit --jars)", e);
    }
    if (!Energy.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          "energy.name " + name + ": not an " + Energy.class.getName());
    }
    return construct(type, settings);
  }

  private static Energy construct(Class<?> type, EnergySettings settings) {
    String name = type.getName();
    try {
      for (Constructor<?> constructor : type.getConstructors()) {
        Class<?>[] parameters = constructor.getParameterTypes();
        if (parameters.length == 1 && parameters[0] == EnergySettings.class) {
          return (Energy) constructor.newInstance(settings);
        }
      }
      return (Energy) type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "energy.name " + name + ": could not be made (" + e.getCause().getMessage() + ")", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "energy.name "
              + name
              + ": must be public with a public constructor of EnergySettings, or of nothing",
          e);
    }
  }
}
