package org.rgflow.flow.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class HostValuesTest {
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void valuesComeInTheOrderOfTheIndicesWhateverTheStrides(DataType type) {
    INDArray array = HostValues.toArray(new double[] {1, 2, 3, 4, 5, 6}, type, 2, 3);

    assertThat(HostValues.of(array)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(HostValues.of(array.transpose())).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(HostValues.of(array.permute(1, 0))).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(HostValues.of(array.dup('f'))).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(HostValues.of(Views.rows(array, 1, 2))).containsExactly(4, 5, 6);
    assertThat(HostValues.of(Views.columns(array, 1, 3))).containsExactly(2, 3, 5, 6);
  }
}
