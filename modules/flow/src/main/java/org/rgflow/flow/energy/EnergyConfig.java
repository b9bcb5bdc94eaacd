package org.rgflow.flow.energy;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which energy a model learns from.
 *
 * @param name one of {@link Energies#NAMES}, or the full name of a class that is an {@link Energy}
 * @param settings texts by name, see {@link EnergySettings}
 */
public record EnergyConfig(String name, Map<String, String> settings) implements Serializable {
  /** Copies the settings. */
  public EnergyConfig {
    settings = new TreeMap<>(settings);
  }

  /**
   * The energy.
   *
   * @throws IllegalArgumentException naming the key whose value is not allowed
   */
  public Energy create() {
    return Energies.of(name, new EnergySettings(settings));
  }

  /** What checks the energy; before it is learnt from, as its gradient may be the user's. */
  public EnergyCheck check() {
    return new EnergyCheck(name, create());
  }
}
