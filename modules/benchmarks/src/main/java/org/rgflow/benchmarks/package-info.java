/**
 * JMH measurements of the kernels that decide the engine's design, each as the engine calls it.
 * Whole workloads are {@code bin/rgflow bench}'s.
 */
package org.rgflow.benchmarks;
