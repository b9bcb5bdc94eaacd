/**
 * Measures the engine: workloads of fixed content, the arithmetic they need, the rate this machine
 * convolves at, and where the time goes. Knows {@code org.rgflow.flow} and ND4J; start at {@link
 * org.rgflow.cli.bench.Measurement}.
 */
package org.rgflow.cli.bench;
