"""Turns a printed record into a scan: grey JPEG pages, a little skewed and noisy, with no text layer."""

import io
import random

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

DPI = 150
MAX_SKEW_DEGREES = 0.8
JPEG_QUALITY = 42


def scanned(pdf: bytes, seed: str) -> bytes:
    """The same pages as pictures at 150 dpi. Skew and noise follow from `seed`."""
    import numpy as np
    import pypdfium2 as pdfium
    from PIL import Image

    chance, noise = random.Random(seed), np.random.default_rng(len(seed))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    for page in pdfium.PdfDocument(pdf):
        grey = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
        skew = chance.uniform(-MAX_SKEW_DEGREES, MAX_SKEW_DEGREES)
        grey = grey.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
        pixels = np.asarray(grey, dtype=np.float32) * 0.9 + 18 + noise.normal(0, 3.0, (grey.height, grey.width))
        picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=JPEG_QUALITY)
        jpeg.seek(0)
        canvas.drawImage(ImageReader(jpeg), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
