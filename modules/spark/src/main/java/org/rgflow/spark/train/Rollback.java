package org.rgflow.spark.train;

/**
 * A return to an earlier state of a run.
 *
 * @param astray the round that was given up, counted from 1
 * @param why in a few words
 * @param round that is gone back to; 0 for the beginning
 * @param number of rollbacks that state has behind it, this one included
 * @param allowed of them in all
 * @param share of the configured learning rate from now on
 */
public record Rollback(int astray, String why, int round, int number, int allowed, double share) {}
