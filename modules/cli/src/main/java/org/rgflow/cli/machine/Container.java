package org.rgflow.cli.machine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;

/**
 * A process that YARN or Kubernetes starts for an application, and kills when it outgrows what
 * Spark asked for: {@code memory + memoryOverhead}.
 */
final class Container {
  private static final long MIB = 1L << 20;

  /**
   * Without {@code memoryOverhead}: {@code memoryOverheadFactor}, of the heap; at least so many
   * MiB.
   */
  private static final double OVERHEAD_SHARE = 0.1;

  private static final long OVERHEAD_LEAST = 384;

  /** Of the heap, what JavaCPP lets a whole process take where nothing is set. */
  private static final long RESIDENT_SHARE = 4;

  private final SparkConf conf;
  private final String side;

  /**
   * As configured.
   *
   * @param side driver or executor
   */
  Container(SparkConf conf, String side) {
    this.conf = conf;
    this.side = side;
  }

  /** Whether there is one: a driver runs in it only in cluster mode. */
  boolean exists() {
    String master = conf.get("spark.master");
    boolean isManaged = master.startsWith("yarn") || master.startsWith("k8s");
    // a driver in a pod is started as of client mode
    boolean isCluster =
        conf.get("spark.submit.deployMode", "client").equals("cluster")
            || conf.getBoolean("spark.kubernetes.submitInDriver", false);
    return isManaged && (side.equals("executor") || isCluster);
  }

  /** Bytes past which it is killed. */
  long limit() {
    long heap = heap();
    double share = conf.getDouble(key("memoryOverheadFactor"), OVERHEAD_SHARE);
    long least = Math.max(OVERHEAD_LEAST, (long) (share * heap));
    return (heap + JavaUtils.byteStringAsMb(conf.get(limitKey(), least + "m"))) * MIB;
  }

  /** What to raise for more. */
  String limitKey() {
    return key("memoryOverhead");
  }

  /** What its Java may take. */
  ProcessMemory memory() {
    long heap = heap() * MIB;
    long offHeap = option("maxbytes", heap);
    return new ProcessMemory(heap, offHeap, option("maxphysicalbytes", RESIDENT_SHARE * heap));
  }

  /** MiB. */
  private long heap() {
    return JavaUtils.byteStringAsMb(conf.get(key("memory"), "1g"));
  }

  private long option(String name, long otherwise) {
    String options =
        conf.get(key("defaultJavaOptions"), "") + " " + conf.get(key("extraJavaOptions"), "");
    Matcher given =
        Pattern.compile("-Dorg\\.bytedeco\\.javacpp\\." + name + "=(\\S+)").matcher(options);
    long value = otherwise;
    while (given.find()) {
      value = bytes(given.group(1), otherwise); // of several Java takes the last
    }
    return value;
  }

  /** As JavaCPP reads it: shares are of the heap's size; what it does not know it leaves out. */
  private long bytes(String text, long otherwise) {
    String bare = text.replaceAll("[\"']", "");
    try {
      return bare.endsWith("%")
          ? (long) (heap() * MIB * Double.parseDouble(bare.substring(0, bare.length() - 1)) / 100)
          : JavaUtils.byteStringAsBytes(bare);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private String key(String name) {
    return "spark." + side + "." + name;
  }
}
