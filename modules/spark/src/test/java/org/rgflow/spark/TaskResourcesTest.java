package org.rgflow.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.DataException;

class TaskResourcesTest {
  @TempDir private Path folder;

  @Test
  void ofSeveralDevicesATaskTakesThatOfItsFirstAddress() {
    assertThat(TaskResources.device(new String[] {"1"}, 2)).hasValue(1);
    assertThat(TaskResources.device(new String[] {"0", "3"}, 4)).hasValue(0);
  }

  @Test
  void withoutAnAddressOrAChoiceNothingIsChosen() {
    assertThat(TaskResources.device(new String[0], 4)).isEmpty();
    assertThat(TaskResources.device(new String[] {"3"}, 1)).isEmpty();
    assertThat(TaskResources.device(new String[] {"GPU-ab"}, 1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "-1", "GPU-ab", "", "99999999999"})
  void anAddressThatIsNoDeviceIsOneLine(String address) {
    assertThatThrownBy(() -> TaskResources.device(new String[] {address}, 2))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("must be a number in [0, 2)")
        .hasMessageContaining("was " + address + ": ")
        .hasMessageContaining("spark.executor.resource.gpu.discoveryScript");
  }

  @Test
  void outsideATaskThereIsNone() {
    assertThat(TaskResources.gpus()).isEmpty();
  }

  /** With two GPUs by a script that names them, and none in truth. */
  @Test
  void executorsOfOneWorkerTakeAGpuEach() throws IOException {
    Path script = folder.resolve("two-gpus");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    // as Spark's own tests do: executors have this class path, and leave their files in the folder
    System.setProperty("spark.testing", "true");
    System.setProperty("spark.test.home", folder.toString());
    SparkConf conf =
        new SparkConf()
            .setMaster("local-cluster[1,2,1024]")
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.cores.max", "2")
            .set("spark.executor.cores", "1")
            .set("spark.executor.memory", "512m")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .set("spark.executorEnv.SPARK_TESTING", "1")
            .set("spark.executorEnv.SPARK_SCALA_VERSION", "2.12")
            .set("spark.scheduler.minRegisteredResourcesRatio", "1")
            .set("spark.worker.resource.gpu.amount", "2")
            .set("spark.worker.resource.gpu.discoveryScript", script.toString())
            .set("spark.executor.resource.gpu.amount", "1")
            .set("spark.task.resource.gpu.amount", "1");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      List<Integer> devices =
          spark
              .parallelize(List.of(1, 2), 2)
              .map(number -> TaskResources.device(TaskResources.gpus(), 2).getAsInt())
              .collect();
      assertThat(devices).containsExactlyInAnyOrder(0, 1);
      List<Double> sums =
          spark
              .parallelize(List.of(1, 2), 2)
              .map(
                  number -> {
                    TaskResources.use(); // a processor is one device, whatever the addresses
                    return Nd4j.ones(number).sumNumber().doubleValue();
                  })
              .collect();
      assertThat(sums).containsExactly(1.0, 2.0);
    } finally {
      System.clearProperty("spark.testing");
      System.clearProperty("spark.test.home");
    }
  }
}
