package org.rgflow.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The single example of a PNG or JPEG file: 8-bit gray or RGB, opaque, of at most 2^26 pixels.
 *
 * <p>Samples are taken as stored, with no colour management. RGB becomes gray by ITU-R BT.601, (299
 * R + 587 G + 114 B)/1000 rounded; gray becomes RGB by repetition.
 */
final class ImageExample extends CountedReader {
  private static final int MOST_PIXELS = 1 << 26;

  private final NamedStream in;
  private final InputStream stream;
  private final int channels;

  /**
   * The image of a stream, decoded when it is asked for.
   *
   * @param channels 1 or 3, or 0 for as many as the file has
   */
  ImageExample(String name, InputStream stream, int channels) {
    super(name, 1);
    this.in = new NamedStream(name, stream);
    this.stream = stream;
    this.channels = channels;
  }

  @Override
  void pass(int index, int n) {
    // one image: passing over it leaves nothing to read
  }

  @Override
  Example read(int index) {
    BufferedImage image = decode();
    if (image.getSampleModel().getDataType() != DataBuffer.TYPE_BYTE) {
      throw in.error("samples of more than 8 bits; allowed: 8-bit gray or RGB");
    }
    byte[] pixels =
        image.getColorModel() instanceof IndexColorModel palette
            ? colours(image, palette)
            : samples(image);
    int found = pixels.length / (image.getWidth() * image.getHeight());
    int wanted = channels == 0 ? found : channels;
    Shape geometry = Shape.in(in.name(), wanted, image.getHeight(), image.getWidth());
    return Example.ofPixels(in.name(), geometry, convert(pixels, found, wanted));
  }

  private BufferedImage decode() {
    try (ImageInputStream bytes = new MemoryCacheImageInputStream(stream)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(bytes);
      if (!readers.hasNext()) {
        throw in.error("not an image; allowed: PNG and JPEG");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(bytes, true, true);
        reader.addIIOReadWarningListener(this::refuseTruncation);
        requireDecodable(reader.getWidth(0), reader.getHeight(0));
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // decoders answer damaged files with both
      throw in.unreadable(e);
    }
  }

  /** A header of some bytes can promise more pixels than there is memory for. */
  private void requireDecodable(int width, int height) {
    if ((long) width * height > MOST_PIXELS) {
      throw in.error(
          width
              + " x "
              + height
              + " pixels, as its header says; allowed: at most "
              + MOST_PIXELS
              + " in an image");
    }
  }

  /** A JPEG that ends early is otherwise filled up with gray, with no more than a warning. */
  private void refuseTruncation(ImageReader reader, String warning) {
    if (warning.startsWith("Truncated") || warning.contains("premature end")) {
      throw in.error("truncated (" + warning + ")");
    }
  }

  /** Gray or RGB planes of an image that stores its samples. */
  private byte[] samples(BufferedImage image) {
    Raster raster = image.getRaster();
    boolean hasAlpha = image.getColorModel().hasAlpha();
    int bands = raster.getNumBands() - (hasAlpha ? 1 : 0);
    if (bands != 1 && bands != 3) {
      throw in.error(bands + " channels; allowed: 8-bit gray or RGB");
    }
    if (hasAlpha) {
      for (int alpha : band(raster, bands)) {
        requireOpaque(alpha);
      }
    }
    int sites = raster.getWidth() * raster.getHeight();
    byte[] planes = new byte[bands * sites];
    for (int band = 0; band < bands; band++) {
      int[] plane = band(raster, band);
      for (int site = 0; site < sites; site++) {
        planes[band * sites + site] = (byte) plane[site];
      }
    }
    return planes;
  }

  /** Gray or RGB planes of an image that stores places in a palette; gray if the palette is. */
  private byte[] colours(BufferedImage image, IndexColorModel palette) {
    int[] places = band(image.getRaster(), 0);
    int channels = isGray(palette) ? 1 : 3;
    byte[] planes = new byte[channels * places.length];
    for (int site = 0; site < places.length; site++) {
      int rgb = palette.getRGB(places[site]);
      requireOpaque(rgb >>> 24);
      planes[site] = (byte) (rgb >> 16);
      if (channels == 3) {
        planes[places.length + site] = (byte) (rgb >> 8);
        planes[2 * places.length + site] = (byte) rgb;
      }
    }
    return planes;
  }

  private static boolean isGray(IndexColorModel palette) {
    for (int place = 0; place < palette.getMapSize(); place++) {
      if (palette.getRed(place) != palette.getGreen(place)
          || palette.getRed(place) != palette.getBlue(place)) {
        return false;
      }
    }
    return true;
  }

  private static int[] band(Raster raster, int band) {
    return raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), band, (int[]) null);
  }

  private void requireOpaque(int alpha) {
    if (alpha != 255) {
      throw in.error("a pixel of opacity " + alpha + "; allowed: 255 (opaque)");
    }
  }

  private static byte[] convert(byte[] pixels, int from, int to) {
    if (from == to) {
      return pixels;
    }
    int sites = pixels.length / from;
    byte[] converted = new byte[to * sites];
    for (int site = 0; site < sites; site++) {
      if (to == 3) {
        for (int channel = 0; channel < 3; channel++) {
          converted[channel * sites + site] = pixels[site];
        }
      } else {
        int red = pixels[site] & 0xFF;
        int green = pixels[sites + site] & 0xFF;
        int blue = pixels[2 * sites + site] & 0xFF;
        converted[site] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
      }
    }
    return converted;
  }

  @Override
  public void close() {
    in.close();
  }
}
