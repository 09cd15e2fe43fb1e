"""Small stand-ins for what notebooks download: data sets of Keras, and three packages of which they use a function or
two. The benchmark of notebooks runs this as a cell before the first."""

import importlib.util
import sys
import types

import keras
import numpy as np
import tensorflow as tf
from IPython import display
from PIL import Image

TRAINING, TEST = 96, 32


def images(count, size, channels):
    """Light spots in random places on black, as bytes."""
    rng = np.random.default_rng(count)
    places = rng.uniform(0.25, 0.75, [count, 2, 1, 1]) * size
    rows, columns = np.mgrid[:size, :size]
    light = np.exp(-((rows - places[:, 0]) ** 2 + (columns - places[:, 1]) ** 2) / size)
    pixels = (255 * light).astype("uint8")
    return pixels if channels == 1 else np.repeat(pixels[..., None], channels, axis=-1)


def loader(size, channels):
    """A ``load_data`` of such images and of labels from 0 to 9."""

    def load_data():
        labels = np.arange(TRAINING + TEST, dtype="uint8") % 10
        if channels > 1:
            labels = labels[:, None]
        pixels = images(TRAINING + TEST, size, channels)
        return (pixels[:TRAINING], labels[:TRAINING]), (pixels[TRAINING:], labels[TRAINING:])

    return load_data


for datasets in (keras.datasets, tf.keras.datasets):
    datasets.mnist.load_data = datasets.fashion_mnist.load_data = loader(28, 1)
    datasets.cifar10.load_data = datasets.cifar100.load_data = loader(32, 3)


PACKAGES = ("imageio", "tensorflow_probability", "tensorflow_docs")
absent = {package for package in PACKAGES if importlib.util.find_spec(package) is None}


def module(name, **members):
    """Makes a module of that name where its package is absent."""
    if name.partition(".")[0] in absent:
        made = sys.modules[name] = types.ModuleType(name)
        made.__path__ = []
        vars(made).update(members)
    return sys.modules.get(name)


class Writer:
    """Writes an animation."""

    def __init__(self, path, mode="I"):
        self.path, self.pictures = path, []

    def append_data(self, picture):
        self.pictures.append(Image.fromarray(picture))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.pictures[0].save(self.path, save_all=True, append_images=self.pictures[1:])


class Normal:
    """A normal distribution."""

    def __init__(self, loc, scale):
        self.loc, self.scale = loc, scale

    def quantile(self, share):
        return self.loc + self.scale * tf.math.ndtri(share)


module("imageio", get_writer=Writer, imread=lambda path: np.asarray(Image.open(path).convert("RGB")))
module("tensorflow_probability", distributions=types.SimpleNamespace(Normal=Normal))
embed = module("tensorflow_docs.vis.embed", embed_file=lambda path: display.Image(filename=path))
module("tensorflow_docs.vis", embed=embed)
module("tensorflow_docs")
