package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.physics.FreeEnergy;
import org.rgflow.spark.train.averaging.Exchange;
import org.rgflow.spark.train.averaging.Straggler;
import org.rgflow.spark.train.shards.HeldOut;

class MetricsLineTest {
  @Test
  void itsFieldsAreThoseOfTheSchema() {
    FreeEnergy energy = new FreeEnergy(8, 1, 2, 3, 4, 5, 0.5);
    ObjectNode all =
        MetricsLine.node(
            new RoundReport(
                new RoundReport.Place(1, 2, 2, 0.5, 8),
                Objective.FLOW_MATCHING,
                "nats/dim",
                new RoundReport.Steps(1, List.of(0.5, 0.5), 3, 0, 0, 80),
                new RoundReport.Time(
                    1, 8, 1, new Exchange(0.1, 0.2), new Straggler(1, "here", 4, 1)),
                new HeldOut(1, 0.1, energy, 2)));
    List<String> fields = new ArrayList<>();
    all.fieldNames().forEachRemaining(fields::add);
    assertThat(fields).containsExactlyInAnyOrder(MetricsLine.SCHEMA.fieldNames());
    List<String> ofStraggler = new ArrayList<>();
    all.path("straggler").fieldNames().forEachRemaining(ofStraggler::add);
    StructType straggler = (StructType) MetricsLine.SCHEMA.apply("straggler").dataType();
    assertThat(ofStraggler).containsExactlyElementsOf(Arrays.asList(straggler.fieldNames()));
  }
}
