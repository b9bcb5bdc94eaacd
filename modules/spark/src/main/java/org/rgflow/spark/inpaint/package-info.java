/** Fills holes of images: the latents in the hole's light cone, given the pixels around it. */
package org.rgflow.spark.inpaint;
