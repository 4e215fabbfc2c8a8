"""Addresses of the public pages."""

from django.urls import path

from bihuan.portal import published_views, receipt_views, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("tip-off", views.tip_off, name="tip_off"),
    path("privacy", views.privacy, name="privacy"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("receipt", receipt_views.receipt, name="receipt"),
    path("receipt/add", receipt_views.add, name="receipt_add"),
    path("receipt/claim", receipt_views.claim_reward, name="receipt_claim"),
    path("receipt/kept", views.kept, name="kept"),
    path("published", published_views.published_list, name="published"),
    path("published.rss", published_views.feed, name="published_rss"),
    path("published.csv", published_views.table, name="published_csv"),
    path("published.json", published_views.data, name="published_json"),
    path("published/<int:snapshot_id>", published_views.item, name="publication"),
]
