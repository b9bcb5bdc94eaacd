package org.rgflow.spark;

import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.DataException;

/**
 * What Spark gives a task to compute on: cores, and a GPU where it schedules GPUs ({@code
 * spark.task.resource.gpu.amount}).
 */
public final class TaskResources {
  private TaskResources() {}

  /**
   * Lets this thread compute on those of its task, and must come before the task's first ND4J work:
   * threads serve other tasks afterwards, and an array stays on the device where it was made.
   *
   * @throws DataException if the GPU's address is no device
   */
  public static void use() {
    AffinityManager devices = Nd4j.getAffinityManager();
    device(gpus(), devices.getNumberOfDevices()).ifPresent(devices::unsafeSetDevice);
    if (System.getenv("OMP_NUM_THREADS") == null) { // where it is set, it has decided already
      OperatorThreads.use(SparkEnv.get().conf().getInt("spark.task.cpus", 1));
    }
  }

  /** Addresses of this task's GPUs; none where Spark schedules none. */
  static String[] gpus() {
    return Optional.ofNullable(TaskContext.get())
        .map(task -> task.resourcesJMap().get("gpu"))
        .map(ResourceInformation::addresses)
        .orElseGet(() -> new String[0]);
  }

  /**
   * The device to choose; none where Spark gave no address, or a process sees one device, which
   * somebody else has chosen. Of several addresses it is the first, as a task computes on one.
   */
  static OptionalInt device(String[] addresses, int devices) {
    if (addresses.length == 0 || devices <= 1) {
      return OptionalInt.empty();
    }
    String address = addresses[0];
    // nine digits are no overflow
    if (address.matches("[0-9]{1,9}") && Integer.parseInt(address) < devices) {
      return OptionalInt.of(Integer.parseInt(address));
    }
    throw new DataException(
        "the address of a task's GPU must be a number in [0, "
            + devices
            + "), the devices that ND4J sees, was "
            + address
            + ": addresses are what spark.executor.resource.gpu.discoveryScript prints, on standalone"
            + " Spark spark.worker.resource.gpu.discoveryScript");
  }
}
