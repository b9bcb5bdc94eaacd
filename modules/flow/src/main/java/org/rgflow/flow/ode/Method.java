package org.rgflow.flow.ode;

/** The Runge-Kutta methods on offer. */
public enum Method {
  /** Euler (1768), order 1, one evaluation a step. */
  EULER(new Tableau(1, new double[][] {{}}, new double[] {1}, null)),
  /** The midpoint rule, order 2. */
  MIDPOINT(new Tableau(2, new double[][] {{}, {1.0 / 2}}, new double[] {0, 1}, null)),
  /** Heun (1900), the explicit trapezium rule, order 2. */
  HEUN(new Tableau(2, new double[][] {{}, {1}}, new double[] {1.0 / 2, 1.0 / 2}, null)),
  /** Kutta (1901), the classic method, order 4. */
  RK4(
      new Tableau(
          4,
          new double[][] {{}, {1.0 / 2}, {0, 1.0 / 2}, {0, 0, 1}},
          new double[] {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6},
          null)),
  /** Kutta (1901), the 3/8 rule, order 4. */
  RK4_38(
      new Tableau(
          4,
          new double[][] {{}, {1.0 / 3}, {-1.0 / 3, 1}, {1, -1, 1}},
          new double[] {1.0 / 8, 3.0 / 8, 3.0 / 8, 1.0 / 8},
          null)),
  /** Bogacki and Shampine (1989), order 3 with an error estimate of order 2. */
  BOSH3(
      new Tableau(
          3,
          new double[][] {{}, {1.0 / 2}, {0, 3.0 / 4}, {2.0 / 9, 1.0 / 3, 4.0 / 9}},
          new double[] {2.0 / 9, 1.0 / 3, 4.0 / 9, 0},
          new double[] {2.0 / 9 - 7.0 / 24, 1.0 / 3 - 1.0 / 4, 4.0 / 9 - 1.0 / 3, -1.0 / 8})),
  /** Dormand and Prince (1980), order 5 with an error estimate of order 4. */
  DOPRI5(
      new Tableau(
          5,
          new double[][] {
            {},
            {1.0 / 5},
            {3.0 / 40, 9.0 / 40},
            {44.0 / 45, -56.0 / 15, 32.0 / 9},
            {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
            {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
            {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}
          },
          new double[] {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0},
          new double[] {
            35.0 / 384 - 5179.0 / 57600,
            0,
            500.0 / 1113 - 7571.0 / 16695,
            125.0 / 192 - 393.0 / 640,
            -2187.0 / 6784 + 92097.0 / 339200,
            11.0 / 84 - 187.0 / 2100,
            -1.0 / 40
          }));

  private final Tableau tableau;

  Method(Tableau tableau) {
    this.tableau = tableau;
  }

  /** The method's coefficients. */
  public Tableau tableau() {
    return tableau;
  }

  /** Whether the method chooses its steps by an error estimate. */
  public boolean isAdaptive() {
    return tableau.error() != null;
  }
}
