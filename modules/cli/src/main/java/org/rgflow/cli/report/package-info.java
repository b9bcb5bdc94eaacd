/**
 * Pages that show a run: what its folder says and what its model makes of images, as one HTML file
 * that needs no network.
 */
package org.rgflow.cli.report;
