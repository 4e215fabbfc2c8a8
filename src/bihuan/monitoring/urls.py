"""Addresses of early warning, under the desk."""

from django.urls import path

from bihuan.monitoring import board_pages
from bihuan.monitoring.activity import pages as activity_pages
from bihuan.monitoring.crews import pages as crew_pages
from bihuan.monitoring.links.map_page import show_map
from bihuan.monitoring.screens.bell import show_bell
from bihuan.monitoring.screens.curves import show_curve
from bihuan.monitoring.screens.evidence import show_evidence
from bihuan.monitoring.screens.mine_page import show_mine, show_mines
from bihuan.monitoring.screens.point_page import show_point, show_series
from bihuan.monitoring.screens.quality_page import show_quality
from bihuan.monitoring.screens.ranking import show_ranking
from bihuan.monitoring.screens.thresholds import show_thresholds
from bihuan.monitoring.screens.watch_page import show_burning, show_watch

app_name = "monitoring"
urlpatterns = [
    path("alarms/", show_watch, name="watch"),
    path("alarms/burning/", show_burning, name="burning"),
    path("alarms/bell/", show_bell, name="bell"),
    path("alarms/ranking/", show_ranking, name="ranking"),
    path("alarms/<slug:code>/curve/", show_curve, name="curve"),
    path("sites/<int:number>/", board_pages.show_site, name="site"),
    path("activity/<int:number>/", activity_pages.show_mine, name="activity"),
    path("boards/", board_pages.show_boards, name="boards"),
    path("boards/<slug:key>/", board_pages.show_board, name="board"),
    path("boards/<slug:key>/export.csv", board_pages.export_board, name="board_export"),
    path("crews/<int:site>/", crew_pages.show_mine, name="crew"),
    path("alarms/<slug:code>/evidence.pdf", show_evidence, name="evidence"),
    path("alarms/thresholds/", show_thresholds, name="thresholds"),
    path("links/map/", show_map, name="link_map"),
    path("mines/", show_mines, name="mines"),
    path("mines/<int:site_id>/quality/", show_quality, name="quality"),
    path("mines/<int:site_id>/readings/", show_mine, name="mine"),
    path("mines/<int:site_id>/readings/<str:point>/", show_point, name="point"),
    path("mines/<int:site_id>/readings/<str:point>/series", show_series, name="series"),
]
