/** Comparison of the engine with numbers an independent implementation computed. */
package org.rgflow.flow.reference;
