package org.rgflow.cli.report;

import java.util.List;
import java.util.Optional;
import org.rgflow.spark.score.OutlierDetection;

/**
 * What a model makes of sets of images, and what it draws itself.
 *
 * @param sets with their scores; none where no images were given
 * @param samples planar pixels; none of what is no picture
 * @param exhibit of the set that says most; empty where there is none, or they are no pictures
 * @param separations how well outliers are told, where there are some
 */
public record Evaluation(
    List<ScoredSet> sets,
    List<byte[]> samples,
    Optional<Exhibit> exhibit,
    Optional<OutlierDetection.Result> separations) {}
