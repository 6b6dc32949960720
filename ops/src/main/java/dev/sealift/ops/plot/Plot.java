package dev.sealift.ops.plot;

import java.util.List;

/** Panels below one another. */
public final class Plot {
  private Plot() {}

  /** A whole SVG document. */
  public static String svg(List<Panel> panels) {
    StringBuilder out = new StringBuilder();
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n"
        .formatted(Panel.WIDTH, Panel.HEIGHT * panels.size()));
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    for (int i = 0; i < panels.size(); i++) {
      out.append("<g transform=\"translate(0 %d)\">\n".formatted(Panel.HEIGHT * i));
      out.append(panels.get(i).svg()).append("</g>\n");
    }
    return out.append("</svg>\n").toString();
  }
}
