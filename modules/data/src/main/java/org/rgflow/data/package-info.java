/**
 * Examples in and out: file formats, shapes, dequantisation with its logit, and noise drawn by key.
 *
 * <p>Nothing but the JDK is used here. A reader decodes one file into {@link
 * org.rgflow.data.Example}s, a {@link org.rgflow.data.Block} holds many of them, and a {@link
 * org.rgflow.data.PixelTransform} turns pixels into the real numbers a flow models, with noise from
 * {@link org.rgflow.data.KeyedNoise}. What a file holds wrongly is a {@link
 * org.rgflow.data.DataException} that names the file.
 */
package org.rgflow.data;
