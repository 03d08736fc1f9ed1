"""The course's DCGAN in PyTorch: same layers, first weights, optimisers, averaging and step, in a plain loop.

It is built from the description that `ours.describe_recipe` makes, so it changes when the recipe does, and its
process holds no TensorFlow. The step does what `GAN.train_step` does: one fused pass of D over real and fake, then
D once more on the same fakes for the generator's turn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import softplus
from torch.optim.swa_utils import AveragedModel

from course_lib import CourseError
from course_lib.benchmark.contenders.contract import Watch
from course_lib.device import usable_cores


class TorchDCGAN:
    """A generator, a discriminator and the loop between them.

    recipe: what `ours.describe_recipe` says. Raises CourseError for a part of it that is not written here.
    """

    def __init__(self, recipe: dict[str, Any], seed: int = 0):
        if recipe["loss"] != "non_saturating" or recipe["extras"]:
            unknown = ", ".join([f"the {recipe['loss']} loss", *recipe["extras"]])
            raise CourseError(f"The PyTorch step knows the non_saturating loss alone, not {unknown}.")
        torch.set_num_threads(usable_cores())
        torch.set_flush_denormal(True)  # as TensorFlow does
        torch.manual_seed(seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.batch_size, self.latent_size = recipe["batch_size"], recipe["latent_size"]
        self.arithmetic = recipe["arithmetic"]
        # Measured on one of these cores: a step of 32 images takes 24 ms with channels last, 31 ms with channels
        # first; the fused Adam saves 1 to 3 ms.
        place = {"device": self.device, "memory_format": torch.channels_last}
        self.generator = build(recipe["generator"], (self.latent_size,)).to(**place)
        self.discriminator = build(recipe["discriminator"], recipe["image_shape"]).to(**place)
        self.generator_optimizer = adam(self.generator, recipe["generator_optimizer"])
        self.discriminator_optimizer = adam(self.discriminator, recipe["discriminator_optimizer"])
        self.schedules = [
            falling_rate(self.generator_optimizer, recipe["generator_optimizer"]["halved_at"]),
            falling_rate(self.discriminator_optimizer, recipe["discriminator_optimizer"]["halved_at"]),
        ]
        self.averaged = None
        if recipe["averaging"] is not None:
            self.averaged = AveragedModel(
                self.generator, multi_avg_fn=moving_average(recipe["averaging"]), use_buffers=True
            )
        networks = (self.generator, self.discriminator)
        self.weights = sum(weight.numel() for network in networks for weight in network.parameters())

    def train_step(self, real: torch.Tensor) -> None:
        fake = self.generator(torch.randn(len(real), self.latent_size, device=self.device))

        real_logits, fake_logits = self.discriminator(torch.cat([real, fake.detach()])).chunk(2)
        discriminator_loss = softplus(-real_logits).mean() + softplus(fake_logits).mean()
        self.discriminator_optimizer.zero_grad()
        discriminator_loss.backward()
        self.discriminator_optimizer.step()

        self.discriminator.requires_grad_(False)  # no gradients for weights that do not learn now
        generator_loss = softplus(-self.discriminator(fake)).mean()
        self.generator_optimizer.zero_grad()
        generator_loss.backward()
        self.generator_optimizer.step()
        self.discriminator.requires_grad_(True)

        for schedule in self.schedules:
            schedule.step()
        if self.averaged is not None:
            self.averaged.update_parameters(self.generator)

    def train(self, images: np.ndarray, watch: Watch) -> None:
        data = torch.from_numpy(images).permute(0, 3, 1, 2).to(self.device)
        seen = 0
        while True:
            for rows in torch.randperm(len(data), device=self.device).split(self.batch_size):
                if len(rows) == self.batch_size:  # full batches only, as ours
                    self.train_step(data[rows])
                    seen += len(rows)
                    if watch(seen):
                        return

    @torch.inference_mode()
    def sample(self, count: int) -> np.ndarray:
        generator = self.generator if self.averaged is None else self.averaged
        generator.eval()
        latents = torch.randn(count, self.latent_size, generator=torch.Generator().manual_seed(0))
        images = torch.cat([generator(part.to(self.device)) for part in latents.split(256)])
        generator.train()
        return images.permute(0, 2, 3, 1).cpu().numpy()


def build(layers: list[dict[str, Any]], shape: tuple[int, ...]) -> nn.Sequential:
    """The network of these Keras layers for inputs of `shape`, channels last there and first here.

    Raises CourseError for a layer without a counterpart here.
    """
    network, channels, pixels = nn.Sequential(), shape[-1], tuple(shape[:-1])
    for settings in layers:
        match settings["type"]:
            case "Dense":
                layer = nn.Linear(channels, settings["units"], bias=settings["use_bias"])
                channels = settings["units"]
            case "Conv2D" | "Conv2DTranspose" as kind:
                transposed = kind == "Conv2DTranspose"
                kernel, stride = settings["kernel_size"][0], settings["strides"][0]
                if settings["padding"] != "same" or (kernel - stride) % 2:
                    raise CourseError(
                        f"A {kernel} x {kernel} kernel of stride {stride} needs another padding here."
                    )
                layer = (nn.ConvTranspose2d if transposed else nn.Conv2d)(
                    channels,
                    settings["filters"],
                    kernel,
                    stride,
                    padding=(kernel - stride) // 2,
                    bias=settings["use_bias"],
                )
                channels = settings["filters"]
                pixels = tuple(side * stride if transposed else side // stride for side in pixels)
            case "BatchNormalization":
                layer = nn.BatchNorm2d(channels, settings["epsilon"], 1 - settings["momentum"])
            case "Reshape":
                *pixels, channels = settings["target_shape"]
                layer = nn.Unflatten(1, (channels, *pixels))
            case "Flatten":
                layer, channels, pixels = nn.Flatten(), channels * pixels[0] * pixels[1], ()
            case "MinibatchDeviation":
                layer, channels = MinibatchDeviation(), channels + 1
            case "ReLU":
                layer = nn.ReLU()
            case "LeakyReLU":
                layer = nn.LeakyReLU(settings["negative_slope"])
            case "Activation" if settings["activation"] == "tanh":
                layer = nn.Tanh()
            case kind:
                raise CourseError(
                    f"The PyTorch DCGAN has no counterpart of the layer {kind}; extend torch_dcgan.py."
                )
        if "kernel_initializer" in settings:
            nn.init.normal_(layer.weight, std=deviation(settings["kernel_initializer"]))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        network.append(layer)
    return network


class MinibatchDeviation(nn.Module):
    """The layer of that name in `networks`: one more channel that says how much the images of a group differ."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        count, channels, height, width = images.shape
        group = 8 if count % 16 == 0 else count // 2 if count % 2 == 0 else count
        groups = images.reshape(-1, group, channels, height, width)
        deviation = torch.sqrt(groups.var(dim=1, correction=0) + 1e-8)
        level = deviation.mean(dim=(1, 2, 3)).repeat_interleave(group)
        return torch.cat([images, level.view(-1, 1, 1, 1).expand(-1, 1, height, width)], dim=1)


def deviation(initializer: dict[str, Any]) -> float:
    """The standard deviation of a RandomNormal initialiser's description; CourseError for any other."""
    if initializer["class_name"] != "RandomNormal":
        raise CourseError(f"The PyTorch DCGAN draws normal weights, not {initializer['class_name']}.")
    return initializer["config"]["stddev"]


def adam(network: nn.Module, settings: dict[str, Any]) -> torch.optim.Adam:
    """Keras's Adam of these settings; CourseError for another optimiser."""
    if settings["type"] != "Adam":
        raise CourseError(f"The PyTorch DCGAN learns with Adam, not {settings['type']}.")
    betas = (settings["beta_1"], settings["beta_2"])
    return torch.optim.Adam(
        network.parameters(), settings["learning_rate"], betas=betas, eps=settings["epsilon"], fused=True
    )


def falling_rate(
    optimizer: torch.optim.Optimizer, halved_at: int | None
) -> torch.optim.lr_scheduler.LambdaLR:
    """The schedule rate / (1 + step / halved_at); a constant rate for None."""
    share = (lambda step: 1.0) if halved_at is None else (lambda step: 1 / (1 + step / halved_at))
    return torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def moving_average(decay: float):
    """The averaging of `GAN.average`, with its short memory at first, for an AveragedModel."""

    @torch.no_grad()
    def update(averages: list[torch.Tensor], weights: list[torch.Tensor], count: torch.Tensor) -> None:
        # AveragedModel copies the first time; from then on `count` is how often it was called.
        step = int(count) + 1
        if averages[0].is_floating_point():
            torch._foreach_lerp_(averages, weights, 1 - min(decay, (1 + step) / (10 + step)))
        else:  # how many batches the batch norm has counted
            torch._foreach_copy_(averages, weights)

    return update
