package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.metrics.sink.JmxSink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;

/** A run's numbers as one of Spark's own sinks, JMX, gives them away. */
class TrainingMetricsTest extends ImageTraining {
  private static final String SINK = "spark.metrics.conf.*.sink.jmx.class";

  @BeforeAll
  static void useTheSink() {
    System.setProperty(SINK, JmxSink.class.getName());
  }

  @AfterAll
  static void forgetTheSink() {
    System.clearProperty(SINK);
  }

  private static double sunk(String name) {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try {
      Set<ObjectName> found =
          beans.queryNames(new ObjectName("metrics:name=*.driver.rgflow." + name + ",*"), null);
      return found.isEmpty()
          ? Double.NaN
          : (double) beans.getAttribute(found.iterator().next(), "Value");
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSinkHasTheLastRoundsNumbersWhileTheRunLasts() {
    List<Double> seen = new ArrayList<>();
    List<Double> reported = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void validated(RoundReport report, Supplier<FlowModel> model) {
            seen.addAll(List.of(sunk("train_loss"), sunk("held_out_loss"), sunk("round")));
            reported.addAll(
                List.of(report.steps().loss(), report.heldOut().loss(), (double) report.round()));
          }
        };
    TrainingPlan config =
        config(4, 1, 2, "adam", 1e-2, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
    job(RunFolder.create(new Configuration(), uri("run")), config, listener).run();
    assertThat(seen).hasSize(6).isEqualTo(reported);
    assertThat(sunk("train_loss")).isNaN();
  }
}
