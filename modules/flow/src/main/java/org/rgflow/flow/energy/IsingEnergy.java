package org.rgflow.flow.energy;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The periodic two-dimensional Ising model (J = 1) in continuous variables, by the Gaussian
 * integral over x that decouples its spins (Hubbard, Phys. Rev. Lett. 3, 77, 1959):
 *
 * <pre>
 *   E(x) = x^T K^-1 x / 2 - sum log cosh x_i,   K = A/T + c I,   c = 0.1 - least eigenvalue of A/T
 * </pre>
 *
 * with A the adjacency matrix, in which two sites that meet twice count twice. A spin is +1 with
 * chance 1/(1 + exp(-2 x_i)) given x.
 *
 * <p>A's eigenvectors are products of cas = cos + sin along each axis, so that K^-1 costs four
 * products of small matrices.
 */
public final class IsingEnergy implements Energy {
  private static final long serialVersionUID = 1L;

  /** Least eigenvalue of K. */
  private static final double LEAST = 0.1;

  private static final double LOG_2 = Math.log(2);

  /** Along a side: a basis is its square. */
  private static final int MOST = 4096;

  private final Lattice lattice;
  private final int rows;
  private final int columns;
  private final double temperature;
  private final double[][] rowBasis;
  private final double[][] columnBasis;

  /** Of K, by the momenta of rows and columns. */
  private final double[][] eigenvalues;

  private final double shift;

  /**
   * The model on a torus of rows and columns.
   *
   * @param temperature T in units of J
   */
  public IsingEnergy(int rows, int columns, double temperature) {
    EnergySettings.requirePositive("temperature", temperature);
    this.lattice = new Lattice(1, rows, columns);
    if (Math.max(rows, columns) > MOST) {
      throw new IllegalArgumentException(
          "energy.lattice must have sizes in [1, "
              + MOST
              + "] for ising, was ["
              + rows
              + ", "
              + columns
              + "]");
    }
    this.rows = rows;
    this.columns = columns;
    this.temperature = temperature;
    this.rowBasis = hartley(rows);
    this.columnBasis = hartley(columns);
    this.eigenvalues = new double[rows][columns];
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < rows; k++) {
      for (int l = 0; l < columns; l++) {
        eigenvalues[k][l] = (ofRing(k, rows) + ofRing(l, columns)) / temperature;
        least = Math.min(least, eigenvalues[k][l]);
      }
    }
    this.shift = LEAST - least;
    for (double[] row : eigenvalues) {
      for (int l = 0; l < columns; l++) {
        row[l] += shift;
      }
    }
  }

  /** Of settings {@code lattice}, of which one number is a square, and {@code temperature}. */
  public IsingEnergy(EnergySettings settings) {
    this(side(settings, 0), side(settings, 1), settings.number("temperature"));
  }

  private static int side(EnergySettings settings, int axis) {
    int[] shape = settings.integers("lattice");
    if (shape.length < 1 || shape.length > 2) {
      throw new IllegalArgumentException(
          "energy.lattice must be one or two sizes for ising, was " + settings.text("lattice"));
    }
    return shape[Math.min(axis, shape.length - 1)];
  }

  /** Eigenvalue of the adjacency matrix of a ring. */
  private static double ofRing(int momentum, int length) {
    return 2 * Math.cos(2 * Math.PI * momentum / length);
  }

  /** cas(2 pi k i/n)/sqrt(n): symmetric and orthogonal. */
  private static double[][] hartley(int n) {
    double[][] basis = new double[n][n];
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < n; i++) {
        double angle = 2 * Math.PI * ((long) k * i % n) / n;
        basis[k][i] = (Math.cos(angle) + Math.sin(angle)) / Math.sqrt(n);
      }
    }
    return basis;
  }

  @Override
  public Lattice lattice() {
    return lattice;
  }

  /** T at which an infinite lattice orders, 2/log(1 + sqrt 2). */
  public static double criticalTemperature() {
    return 2 / Math.log1p(Math.sqrt(2));
  }

  @Override
  public double value(double[] x, double[] gradient) {
    double[][] field = new double[rows][];
    for (int i = 0; i < rows; i++) {
      field[i] = Arrays.copyOfRange(x, i * columns, (i + 1) * columns);
    }
    double[][] modes = transformed(field);
    for (int k = 0; k < rows; k++) {
      for (int l = 0; l < columns; l++) {
        modes[k][l] /= eigenvalues[k][l];
      }
    }
    double[][] solved = transformed(modes);
    double energy = 0;
    for (int i = 0; i < x.length; i++) {
      double force = solved[i / columns][i % columns];
      energy += 0.5 * x[i] * force - EvenFunctions.logTwoCosh(x[i]) + LOG_2;
      gradient[i] = force - Math.tanh(x[i]);
    }
    return energy;
  }

  /** Rows' basis times values times columns' basis. */
  private double[][] transformed(double[][] values) {
    double[][] half = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double value = values[i][j];
        for (int l = 0; l < columns; l++) {
          half[i][l] += value * columnBasis[j][l];
        }
      }
    }
    double[][] whole = new double[rows][columns];
    for (int k = 0; k < rows; k++) {
      for (int i = 0; i < rows; i++) {
        double factor = rowBasis[k][i];
        for (int l = 0; l < columns; l++) {
          whole[k][l] += factor * half[i][l];
        }
      }
    }
    return whole;
  }

  /** log Z of the spins and the Gaussian integral's factors. */
  @Override
  public OptionalDouble logPartition() {
    double logDeterminant = 0;
    for (double[] row : eigenvalues) {
      for (double eigenvalue : row) {
        logDeterminant += Math.log(eigenvalue);
      }
    }
    double sites = (double) rows * columns;
    return OptionalDouble.of(
        IsingPartition.log(rows, columns, temperature)
            + 0.5 * sites * (Math.log(Math.PI / 2) + shift)
            + 0.5 * logDeterminant);
  }
}
