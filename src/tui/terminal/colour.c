/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/colour.h"

#include "terminal/theme.h"

static const int32_t basic[16] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x3465E4, 0xCD00CD,
                                  0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF5555, 0x55FF55, 0xFFFF55,
                                  0x7AA2FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF};

int32_t sl_colour_rgb(int32_t index)
{
    if (index < 16)
        return basic[index];
    if (index >= 232) {
        const int32_t grey = 8 + (index - 232) * 10;
        return grey << 16 | grey << 8 | grey;
    }
    int32_t rgb = 0, rest = index - 16;
    for (int shift = 0; shift <= 16; shift += 8) {
        const int32_t step = rest % 6;
        rgb |= (step == 0 ? 0 : 55 + step * 40) << shift;
        rest /= 6;
    }
    return rgb;
}

static int32_t distance(int32_t a, int32_t b)
{
    int32_t sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        const int32_t d = (a >> shift & 0xFF) - (b >> shift & 0xFF);
        sum += d * d;
    }
    return sum;
}

static int32_t nearest(int32_t rgb, int32_t from, int32_t to)
{
    int32_t best = from;
    for (int32_t i = from; i < to; i++) {
        if (distance(rgb, sl_colour_rgb(i)) < distance(rgb, sl_colour_rgb(best)))
            best = i;
    }
    return best;
}

int32_t sl_colour_near(int32_t colour, int colours)
{
    if (colour < colours)
        return colour;
    const int32_t rgb = (colour & SL_COLOUR_RGB) != 0 ? colour & 0xFFFFFF : sl_colour_rgb(colour);
    return colours >= 256 ? nearest(rgb, 16, 256) : nearest(rgb, 0, colours);
}
