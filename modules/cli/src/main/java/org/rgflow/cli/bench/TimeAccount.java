package org.rgflow.cli.bench;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.EnumMap;
import java.util.Map;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where the time of a workload goes, by sampling its thread two hundred times a second: its stack
 * tells the phase, and a proxy before ND4J's executioner which operator runs.
 *
 * @param seconds of one call on average, while sampled
 * @param operators that one call ran
 * @param samples by phase and kind
 */
public record TimeAccount(double seconds, long operators, Map<Phase, Map<Kind, Integer>> samples) {
  private static final int PERIOD_MILLISECONDS = 5;

  /** What the processor does. */
  public enum Kind {
    CONVOLUTION("convolutions"),
    PRODUCT("matrix products"),
    ACTIVATION("activations and their derivatives"),
    ELEMENTWISE("elementwise products and sums"),
    HALO("halo"),
    COPY("other copies and fills"),
    SUM("sums over examples and of the solver"),
    OUTSIDE("outside native operators");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    public String description() {
      return description;
    }
  }

  /** What it is done for. */
  public enum Phase {
    FORWARD("velocity"),
    SLOPES("derivatives of activations"),
    PULLBACK("pullback of the probe"),
    PULLBACK_GRADIENT("gradient of the pullback"),
    GRADIENT("gradient of the velocity"),
    TRACE("closed form of the divergence"),
    WEIGHTS("weights of a time"),
    SOLVER("solver, probes and sums over examples"),
    LEVELS("levels and slices"),
    OTHER("other");

    private final String description;

    Phase(String description) {
      this.description = description;
    }

    public String description() {
      return description;
    }
  }

  /** Samples a trial, which should be warm, for so long at least. */
  public static TimeAccount of(Trial trial, double atLeastSeconds) {
    Executioner executioner = new Executioner(Nd4j.getExecutioner());
    Sampler sampler = new Sampler(Thread.currentThread(), executioner);
    Thread thread = new Thread(sampler, "rgflow-account");
    thread.setDaemon(true);
    Executioner.install(executioner.proxy());
    int calls = 0;
    double seconds;
    try {
      thread.start();
      long start = System.nanoTime();
      do {
        trial.run();
        calls++;
        seconds = (System.nanoTime() - start) * 1e-9;
      } while (seconds < atLeastSeconds);
    } finally {
      sampler.stopped = true;
      Executioner.install(executioner.target);
    }
    join(thread);
    return new TimeAccount(seconds / calls, executioner.count / calls, sampler.samples);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  /** Samples in all. */
  public int total() {
    return samples.values().stream()
        .flatMap(kinds -> kinds.values().stream())
        .mapToInt(n -> n)
        .sum();
  }

  /** The share of a kind, over all phases. */
  public double share(Kind kind) {
    int count = samples.values().stream().mapToInt(kinds -> kinds.getOrDefault(kind, 0)).sum();
    return (double) count / Math.max(1, total());
  }

  /** The share of a phase. */
  public double share(Phase phase) {
    return samples.getOrDefault(phase, Map.of()).values().stream().mapToInt(n -> n).sum()
        / (double) Math.max(1, total());
  }

  /** The share of one kind in one phase. */
  public double share(Phase phase, Kind kind) {
    return samples.getOrDefault(phase, Map.of()).getOrDefault(kind, 0)
        / (double) Math.max(1, total());
  }

  /** The phase of a stack, innermost frame first. */
  static Phase phase(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      Phase phase = phase(frame);
      if (phase != null) {
        return phase;
      }
    }
    return Phase.OTHER;
  }

  private static Phase phase(StackTraceElement frame) {
    String name = frame.getClassName();
    if (!name.startsWith("org.rgflow.flow.")) {
      return null;
    }
    String type = name.substring(name.lastIndexOf('.') + 1);
    String outer = type.contains("$") ? type.substring(0, type.indexOf('$')) : type;
    return switch (outer) {
      case "ConvolutionalVelocity", "LinearVelocity" ->
          switch (frame.getMethodName()) {
            case "forward" -> Phase.FORWARD;
            case "linearise", "curve" -> Phase.SLOPES;
            case "pullback" -> Phase.PULLBACK;
            case "pullbackGradient" -> Phase.PULLBACK_GRADIENT;
            case "gradient", "gradientOfWeights" -> Phase.GRADIENT;
            default -> null;
          };
      case "ClosedFormDivergence", "TraceKernel" -> Phase.TRACE;
      case "WeightPath", "TimeWeights", "Velocity" -> Phase.WEIGHTS;
      case "ProbeDivergence", "ExampleSums", "SliceFlow", "Recording" -> Phase.SOLVER;
      case "LevelFlow", "Flow", "LevelMatching", "FlowMatching" -> Phase.LEVELS;
      default -> null;
    };
  }

  /** The kind of work, by the operator that runs, or null, and the stack, innermost first. */
  static Kind kind(String operator, StackTraceElement[] stack) {
    if (operator == null || stack.length == 0 || !stack[0].isNativeMethod()) {
      return Kind.OUTSIDE;
    }
    Phase phase = phase(stack);
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().endsWith(".Halo")) {
        return Kind.HALO;
      }
    }
    return switch (operator) {
      case "conv2d", "conv3dnew" -> Kind.CONVOLUTION;
      case "matmul", "mmul" -> phase == Phase.SOLVER ? Kind.SUM : Kind.PRODUCT;
      case "reduce_sum" -> Kind.SUM;
      case "old_assign", "assign", "set_scalar" -> Kind.COPY;
      case "multiply", "add" ->
          switch (phase) {
            case SLOPES -> Kind.ACTIVATION;
            case SOLVER -> Kind.SUM;
            default -> Kind.ELEMENTWISE;
          };
      default ->
          phase == Phase.FORWARD || phase == Phase.SLOPES ? Kind.ACTIVATION : Kind.ELEMENTWISE;
    };
  }

  /** Reads the stack of a thread again and again. */
  private static final class Sampler implements Runnable {
    private final Thread thread;
    private final Executioner executioner;
    private final Map<Phase, Map<Kind, Integer>> samples = new EnumMap<>(Phase.class);
    private volatile boolean stopped;

    Sampler(Thread thread, Executioner executioner) {
      this.thread = thread;
      this.executioner = executioner;
    }

    @Override
    public void run() {
      while (!stopped) {
        try {
          Thread.sleep(PERIOD_MILLISECONDS);
        } catch (InterruptedException e) {
          return;
        }
        String operator = executioner.running;
        StackTraceElement[] stack = thread.getStackTrace();
        if (!stopped) {
          samples
              .computeIfAbsent(phase(stack), phase -> new EnumMap<>(Kind.class))
              .merge(kind(operator, stack), 1, Integer::sum);
        }
      }
    }
  }

  /** ND4J's executioner, which tells what it runs. */
  private static final class Executioner {
    private final OpExecutioner target;
    private volatile String running;
    private long count;

    Executioner(OpExecutioner target) {
      this.target = target;
    }

    OpExecutioner proxy() {
      return (OpExecutioner)
          Proxy.newProxyInstance(
              OpExecutioner.class.getClassLoader(),
              new Class<?>[] {OpExecutioner.class},
              (proxy, method, arguments) -> {
                String outer = running;
                String name = arguments == null ? null : name(arguments[0]);
                if (name != null) {
                  running = name;
                  count++;
                }
                try {
                  return method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                } finally {
                  running = outer;
                }
              });
    }

    private static String name(Object argument) {
      if (argument instanceof CustomOp custom) {
        return custom.opName();
      }
      return argument instanceof Op legacy ? legacy.opName() : null;
    }

    /** ND4J keeps it in a private field, and offers no other way to listen. */
    static void install(OpExecutioner executioner) {
      try {
        Field field = Nd4j.class.getDeclaredField("OP_EXECUTIONER_INSTANCE");
        field.setAccessible(true);
        field.set(null, executioner);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("this ND4J keeps its executioner elsewhere", e);
      }
    }
  }
}
