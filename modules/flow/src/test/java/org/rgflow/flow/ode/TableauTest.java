package org.rgflow.flow.ode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableauTest {
  private static final double ROUNDING = 1e-14;

  @ParameterizedTest
  @EnumSource(Method.class)
  void weightsMeetTheConditionsOfTheirOrder(Method method) {
    Tableau tableau = method.tableau();

    assertOrder(tableau, tableau.b(), tableau.order());
  }

  @ParameterizedTest
  @EnumSource(
      value = Method.class,
      names = {"BOSH3", "DOPRI5"})
  void embeddedWeightsAreOfOneOrderLessAndNoMore(Method method) {
    Tableau tableau = method.tableau();
    double[] embedded = new double[tableau.stages()];
    Arrays.setAll(embedded, i -> tableau.b()[i] - tableau.error()[i]);

    assertOrder(tableau, embedded, tableau.order() - 1);
    double[] c = times(tableau);
    assertThat(Math.abs(dot(embedded, power(c, tableau.order() - 1)) - 1.0 / tableau.order()))
        .isGreaterThan(1e-6);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void theTimesOfStagesLieInTheStep(Method method) {
    for (double c : times(method.tableau())) {
      assertThat(c).isBetween(0.0, 1 + ROUNDING);
    }
  }

  /** The order conditions of the rooted trees of up to five nodes (Hairer et al., II.2). */
  private static void assertOrder(Tableau tableau, double[] b, int order) {
    double[][] a = tableau.a();
    double[] c = times(tableau);
    double[] ac = times(a, c);
    double[] ac2 = times(a, power(c, 2));
    double[] aac = times(a, ac);
    assertThat(Arrays.stream(b).sum()).isCloseTo(1, within(ROUNDING));
    if (order >= 2) {
      assertThat(dot(b, c)).isCloseTo(1.0 / 2, within(ROUNDING));
    }
    if (order >= 3) {
      assertThat(dot(b, power(c, 2))).isCloseTo(1.0 / 3, within(ROUNDING));
      assertThat(dot(b, ac)).isCloseTo(1.0 / 6, within(ROUNDING));
    }
    if (order >= 4) {
      assertThat(dot(b, power(c, 3))).isCloseTo(1.0 / 4, within(ROUNDING));
      assertThat(dot(b, product(c, ac))).isCloseTo(1.0 / 8, within(ROUNDING));
      assertThat(dot(b, ac2)).isCloseTo(1.0 / 12, within(ROUNDING));
      assertThat(dot(b, aac)).isCloseTo(1.0 / 24, within(ROUNDING));
    }
    if (order >= 5) {
      assertThat(dot(b, power(c, 4))).isCloseTo(1.0 / 5, within(ROUNDING));
      assertThat(dot(b, product(power(c, 2), ac))).isCloseTo(1.0 / 10, within(ROUNDING));
      assertThat(dot(b, power(ac, 2))).isCloseTo(1.0 / 20, within(ROUNDING));
      assertThat(dot(b, product(c, ac2))).isCloseTo(1.0 / 15, within(ROUNDING));
      assertThat(dot(b, times(a, power(c, 3)))).isCloseTo(1.0 / 20, within(ROUNDING));
      assertThat(dot(b, product(c, aac))).isCloseTo(1.0 / 30, within(ROUNDING));
      assertThat(dot(b, times(a, product(c, ac)))).isCloseTo(1.0 / 40, within(ROUNDING));
      assertThat(dot(b, times(a, ac2))).isCloseTo(1.0 / 60, within(ROUNDING));
      assertThat(dot(b, times(a, aac))).isCloseTo(1.0 / 120, within(ROUNDING));
    }
  }

  private static double[] times(Tableau tableau) {
    double[] c = new double[tableau.stages()];
    Arrays.setAll(c, tableau::c);
    return c;
  }

  private static double[] times(double[][] a, double[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        result[i] += a[i][j] * values[j];
      }
    }
    return result;
  }

  private static double[] power(double[] values, int exponent) {
    return Arrays.stream(values).map(value -> Math.pow(value, exponent)).toArray();
  }

  private static double[] product(double[] left, double[] right) {
    double[] product = new double[left.length];
    Arrays.setAll(product, i -> left[i] * right[i]);
    return product;
  }

  private static double dot(double[] left, double[] right) {
    return Arrays.stream(product(left, right)).sum();
  }

  @Test
  void weightsThatDoNotSumToOneAreRefused() {
    assertThatThrownBy(() -> new Tableau(1, new double[][] {{}}, new double[] {0.5}, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weights must sum to 1.0");
  }

  @Test
  void errorWeightsThatDoNotSumToZeroAreRefused() {
    assertThatThrownBy(
            () -> new Tableau(1, new double[][] {{}}, new double[] {1}, new double[] {0.1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("error weights must sum to 0.0");
  }

  @Test
  void anImplicitTableauIsRefused() {
    assertThatThrownBy(() -> new Tableau(1, new double[][] {{1}}, new double[] {1}, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 0 of an explicit tableau has 0 entries");
  }

  @Test
  void stagesWithoutWeightsAreRefused() {
    assertThatThrownBy(() -> new Tableau(1, new double[][] {{}, {1}}, new double[] {1}, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a tableau has one row and one weight per stage");
  }
}
